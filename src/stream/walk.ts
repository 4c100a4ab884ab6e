import type { RawBlock } from "../codec/grammar.js";
import { conditionText } from "../codec/grammar-text.js";
import type { Decode } from "../codec/layout.js";
import type { Table } from "../codec/table.js";
import { CrimgError } from "../errors.js";
import {
  DETECTION_SPAN,
  type Detected,
  detect,
  findHead,
  HEAD_MARK,
  HEAD_SPAN,
  STRANGERS_MOST,
} from "../formats/cr/detect.js";
import { header, pids, type RecordName } from "../formats/cr/records.js";
import { LOOKAHEAD, RAW_PART, READ_MOST } from "../source/limits.js";
import type { Window } from "../source/window.js";
import type { Dialect, RecordSpec } from "./dialect.js";
import type { ImageStart, Item, Notice, NoticeCode, RawItem, RecordItem } from "./item.js";
import type { Path } from "./path.js";
import { announcedCount, type CountContext, nothingFollows, type RawCounts, rawCounts } from "./raw-count.js";
import { Scope } from "./scope.js";
import { Track } from "./track.js";
import { WalkedRecord } from "./walked-record.js";

/** How to walk. */
export interface WalkOptions {
  /** Begin here, at an image's head; what stands before is not looked at. Default: search from the start of the file. */
  readonly at?: number;
  /** Yield only this image of the file, counted from 0. Default: all, and what stands around them. */
  readonly image?: number;
  /** Take the image for this dialect, whatever its bytes say. */
  readonly dialect?: Dialect;
  /** Have at least this many bytes of page contents at hand when their item is yielded. Default 0: they are not read. */
  readonly preview?: number;
  /** Told what is wrong or odd, before the item that it stands at is yielded. */
  readonly onNotice?: (notice: Notice) => void;
}

/** The walk cannot go on until `Window.wantedLength` bytes from `Window.wantedAt` are accepted. */
export const NEED = Symbol("need");
const AGAIN = Symbol("again");
type Step = Item | typeof NEED | typeof AGAIN | undefined;

interface Header {
  readonly type: number;
  readonly len: number;
  readonly parent: number;
}

/** A raw block that is about to be yielded. */
interface Pending {
  readonly block: RawBlock;
  readonly count: number;
  readonly stride: number;
  readonly path: string;
  readonly orderly: boolean;
  done: number;
}

const HEADER = header.size;
const nothing: Uint8Array = new Uint8Array(0);

/**
 * The one pass over an image. It does no I/O: `next` yields an item, or `NEED` when its window lacks bytes, and can be
 * called again once they are there. Damage never makes it throw: it yields what it can, says what is wrong, and goes on
 * with what the bytes say. Every item moves it forward, and nothing about the walk depends on how its bytes arrive.
 */
export class Walk {
  /** Images met so far. */
  images = 0;
  private mode: "seek" | "record" | "raw" | "lost" | "done" = "seek";
  /** Everything before is yielded. */
  private offset: number;
  /** How far the search for a head has come. */
  private searched: number;
  private readonly notify: (notice: Notice) => void;
  private readonly preview: number;
  /** First bytes of a stretch that the window leaves behind before it is yielded. */
  private opening: { offset: number; bytes: Uint8Array } = { offset: -1, bytes: nothing };

  private image!: ImageStart;
  private readHeader!: Decode<Header>;
  private scope!: Scope;
  private track!: Track;
  private pending: Pending[] = [];
  private counting!: CountContext;

  constructor(
    private readonly window: Window,
    private readonly options: WalkOptions = {},
  ) {
    this.offset = options.at ?? 0;
    this.searched = this.offset;
    this.preview = options.preview ?? 0;
    this.notify = options.onNotice ?? (() => {});
  }

  /** The next item, `NEED`, or undefined at the end. Throws only if there is no image, or not the one asked for. */
  next(): Item | typeof NEED | undefined {
    for (;;) {
      const step = this.step();
      if (step === AGAIN) continue;
      if (step === undefined || step === NEED || this.isWanted(step)) return step;
    }
  }

  private isWanted(item: Item): boolean {
    const { image } = this.options;
    return image === undefined || (item.kind !== "gap" && item.image.index === image);
  }

  private step(): Step {
    switch (this.mode) {
      case "seek":
        return this.seek();
      case "record":
        return this.record();
      case "raw":
        return this.raw();
      case "lost":
        return this.lost();
      case "done":
        return undefined;
    }
  }

  /** Between images: looks for the next head. */
  private seek(): Step {
    const { window, options, searched: at } = this;
    if (options.image !== undefined && this.images > options.image) {
      this.mode = "done";
      return undefined;
    }
    if (!window.holds(at, HEAD_SPAN)) return this.need(at, HEAD_SPAN);
    this.keepOpening();
    if (window.available(at) === 0) return this.finish(Math.min(at, window.end!));

    const found = this.detectAt(at);
    if (found === NEED) return NEED;
    if (found.kind === "dialect" || this.isForced(at)) {
      if (at > this.offset) return this.gap(at);
      return this.begin(found);
    }
    if (this.images === 0 && (found.kind === "foreign" || options.at !== undefined)) {
      throw new CrimgError("not-an-image", found.why, { offset: at });
    }
    return this.search() ?? this.finish(window.end!);
  }

  /** With a dialect given, something that is a head by its record type alone will do; with a place given, anything. */
  private isForced(at: number): boolean {
    const { options, window } = this;
    if (options.dialect === undefined || this.images > 0) return false;
    if (options.at !== undefined) return true;
    if (window.available(at) < HEADER) return false;
    const { order, types } = options.dialect;
    return header.decoder(order)(window.view, at - window.start, HEADER)["type"] === types["HEAD"];
  }

  private detectAt(at: number): Detected | typeof NEED {
    const { window } = this;
    const near = HEAD_SPAN + 128;
    if (!window.holds(at, near)) return this.need(at, near);
    const found = detect(window.slice(at, Math.min(near, window.available(at))));
    // In rev 3 the record that tells the dialect stands behind the pids.
    if (found.kind !== "dialect" || found.sure) return found;
    if (!window.holds(at, DETECTION_SPAN)) return this.need(at, DETECTION_SPAN);
    return detect(window.slice(at, Math.min(DETECTION_SPAN, window.available(at))));
  }

  /** Moves `searched` to the next place that may be a head; undefined if there is none. */
  private search(): typeof NEED | typeof AGAIN | undefined {
    const { window } = this;
    // From `searched` itself: whoever called looks at it again once the bytes are there.
    if (!window.holds(this.searched, HEAD_SPAN)) return this.need(this.searched, READ_MOST);
    const from = this.searched + 1;
    const bytes = window.slice(from, window.available(from));
    const found = findHead(bytes);
    if (found >= 0) this.searched = from + found;
    else if (window.end !== undefined && from + bytes.length >= window.end) return undefined;
    else this.searched = from + bytes.length - HEAD_MARK;
    return AGAIN;
  }

  private begin(found: Detected): Step {
    const { options, offset } = this;
    const index = this.images++;
    const dialect = options.dialect ?? (found as Extract<Detected, { kind: "dialect" }>).dialect;
    this.image = { index, offset, dialect, why: options.dialect ? "asked for" : found.why };
    this.readHeader = header.decoder(dialect.order);
    this.scope = new Scope();
    this.counting = {
      window: this.window,
      dialect,
      scope: this.scope,
      chunk: { stored: 0, lastAddress: -1 },
      search: this.counting?.search ?? { from: 0, to: 0 },
      recordAt: this.recordAt,
    };
    const prefix = index === 0 ? "" : `image[${index}].`;
    const complain = (code: NoticeCode, message: string, path: string) =>
      this.say("error", code, message, this.offset, path);
    this.track = new Track(dialect, prefix, this.scope, complain);
    this.mode = "record";
    // What is wrong with the head of an image that was forced open is said when its record is read.
    if (found.kind === "dialect" && !found.sure && !options.dialect) {
      this.say(
        "error",
        "dialect",
        `taken for ${dialect.name}: ${found.why}`,
        offset,
        this.track.inside("head").text,
      );
    }
    return AGAIN;
  }

  private gap(end: number): Item {
    const { offset } = this;
    const where = this.images === 0 ? "before the first image" : "after an image's TAIL";
    this.say("note", "outside", `${end - offset} bytes ${where}`, offset, "gap");
    this.offset = end;
    return {
      kind: "gap",
      offset,
      length: end - offset,
      path: "gap",
      bytes: this.atHand(offset, end - offset),
    };
  }

  private finish(end: number): Step {
    this.mode = "done";
    const { at = 0, image } = this.options;
    if (this.images === 0) {
      const why =
        end === 0
          ? "the input is empty"
          : end <= at
            ? `the input has only ${end} bytes`
            : detect(this.opening.bytes).why;
      throw new CrimgError("not-an-image", `not a checkpoint image: ${why}`, { offset: Math.min(at, end) });
    }
    if (image !== undefined && image >= this.images) {
      throw new CrimgError(
        "usage",
        `there is no image ${image}: the input holds ${this.images}, counted from 0`,
      );
    }
    return end > this.offset ? this.gap(end) : undefined;
  }

  private record(): Step {
    const { window, offset, track } = this;
    if (!window.holds(offset, HEADER)) return this.need(offset, HEADER);
    const left = window.available(offset);
    if (left < HEADER) return this.cut(left);

    const found = this.readHeader(window.view, offset - window.start, HEADER);
    const spec = this.image.dialect.byType(found.type);
    if (spec === undefined) return this.stranger(found);
    if (spec.name === "HEAD" && !track.fresh) {
      if (!window.holds(offset, HEAD_SPAN)) return this.need(offset, HEAD_SPAN);
      if (detect(window.slice(offset, HEAD_SPAN)).kind === "dialect") return this.cut(0);
    }

    const length = this.payloadLength(spec, found.len);
    if (length === NEED) return NEED;
    if (length < 0) return this.garbage(found);
    if (!window.holds(offset, HEADER + length)) return this.need(offset, HEADER + length);
    const there = window.available(offset);
    if (there < HEADER + length) return this.cut(there, spec, length);
    return this.known(found, spec, length);
  }

  private known(found: Header, spec: RecordSpec, length: number): Item | typeof NEED {
    const { window, offset, scope, counting } = this;
    const table = spec.tableFor(length);
    const at = offset + HEADER;
    // What counts and conditions refer to is numbers: text is decoded by whoever reads it.
    const fields = spec.variable ? undefined : this.decode(table, at, length);

    // A call that ends in NEED is made again in full, so nothing changes before all that decides is at hand.
    const follows =
      fields === undefined || spec.raw.length === 0
        ? nothingFollows
        : scope.supposing(spec.name, fields, () => rawCounts(spec, at + length, counting));
    if (typeof follows === "number") return this.need(offset, HEADER + length + follows);

    const path = this.track.enter(spec.name);
    if (length !== found.len || (length !== table.size && !spec.variable))
      this.sayLength(spec, found.len, length, path.text);
    if (fields !== undefined) {
      scope.set(spec.name, fields);
      this.checkMagic(table, fields, path);
    }
    if (spec.name === "VMA") {
      counting.chunk.stored = 0;
      counting.chunk.lastAddress = -1;
    }
    const pages = spec.raw.length === 0 ? 0 : this.announce(spec, follows, path, at + length);
    this.offset = at + length;
    this.mode = this.pending.length > 0 ? "raw" : "record";
    if (spec.name === "TAIL") this.endImage();
    return new WalkedRecord(
      this.image,
      offset,
      HEADER + length,
      found.type,
      spec.name as RecordName,
      found.parent,
      found.len,
      table,
      pages,
      path,
      fields,
      window,
    ) as unknown as RecordItem;
  }

  /** The fields of a payload; of a short one only those that are whole. */
  private decode(table: Table, at: number, length: number): Record<string, unknown> {
    const { window } = this;
    const decode = table.decoder(this.image.dialect.order) as Decode<Record<string, unknown>>;
    if (length >= table.size) return decode(window.view, at - window.start, length);
    const padded = new Uint8Array(table.size);
    padded.set(window.slice(at, length));
    const fields = decode(new DataView(padded.buffer), 0, table.size);
    for (const { name, offset, size } of table.layout) if (offset + size > length) delete fields[name];
    return fields;
  }

  /**
   * Bytes of payload. `len` is believed where it agrees with the struct; where not, whichever of the two leads to a
   * record. Negative if neither can be.
   */
  private payloadLength(spec: RecordSpec, len: number): number | typeof NEED {
    if (spec.variable) return len;
    const { size } = spec.tableFor(len);
    if (len === size) return len;
    const reach = HEADER + Math.max(len, size) + HEADER;
    if (!this.window.holds(this.offset, reach)) return this.need(this.offset, reach);
    const at = this.offset + HEADER;
    if (len >= 0 && (spec.raw.length > 0 || this.recordAt(at + len))) return len;
    return len < 0 || this.recordAt(at + size) ? size : len;
  }

  /** True if a record (of one of these names) stands at `at`, as far as its header tells. It must be at hand. */
  private readonly recordAt = (at: number, names?: readonly string[]): boolean => {
    const { window } = this;
    if (window.available(at) < HEADER) return false;
    const { type, len } = this.readHeader(window.view, at - window.start, HEADER);
    const spec = this.image.dialect.byType(type);
    if (spec === undefined || (names !== undefined && !names.includes(spec.name))) return false;
    return spec.variable ? len > 0 : spec.tables.some(({ size }) => size === len);
  };

  private sayLength(spec: RecordSpec, len: number, length: number, path: string): void {
    const sizes = spec.tables.map(({ size }) => size).join(" or ");
    const read = length === len ? "" : `; read as ${length}`;
    this.say(
      "error",
      "length",
      `${spec.name} has ${sizes} bytes, its header says ${len}${read}`,
      this.offset,
      path,
    );
  }

  private checkMagic(table: Table, fields: Record<string, unknown>, path: Path): void {
    const valid = table.fields["magic"]?.valid;
    if (valid === undefined || !("equals" in valid)) return;
    const magic = fields["magic"];
    if (magic === undefined || magic === valid.equals) return;
    const [expected, found] = [valid.equals, magic as bigint].map(value => `0x${value.toString(16)}`);
    this.say("error", "magic", `expected the magic ${expected}, found ${found}`, this.offset, path.text);
  }

  /** Lines up the raw blocks of a record, says where their counts are not as announced, and gives the number of pages. */
  private announce(spec: RecordSpec, follows: RawCounts, path: Path, at: number): number {
    const { scope, offset } = this;
    const { chunk } = this.counting;
    const [first] = spec.raw as readonly [RawBlock];
    if (follows === nothingFollows && first.settle === "page-count") {
      chunk.stored = 0;
      return 0;
    }
    const { counts, how, orderly } = follows;
    for (const [i, block] of spec.raw.entries()) {
      const count = counts[i] ?? 0;
      const announced = announcedCount(block, scope);
      if (count !== announced && block.settle === undefined) {
        const why = block.when === undefined ? String(block.count) : conditionText(block.when);
        const message = `${block.name}: ${announced} expected (${why}), but ${count} stand here`;
        this.say(block.tolerated ? "note" : "error", "count", message, offset, path.text);
      }
      if (count > 0) {
        const stride = scope.amount(block.stride);
        this.pending.push({ block, count, stride, path: `${path.text}.${block.name}`, orderly, done: 0 });
      }
    }
    if (first.settle !== "page-count") return 0;
    const stored = announcedCount(first, scope);
    const pages = counts[0] ?? 0;
    if (how === "running-total") {
      const message = `nr_pages ${stored} is the running total of the VMA (v6-v11): ${pages} pages follow`;
      this.say("note", "running-total", message, offset, path.text);
    } else if (how === "addresses") {
      const told = scope.get(spec.name)?.["nr_pages"];
      this.say(
        "error",
        "count",
        `nr_pages is ${told}, but addresses of only ${pages} follow`,
        offset,
        path.text,
      );
    }
    chunk.stored = stored;
    const last = at + (pages - 1) * scope.amount(first.stride);
    const { window } = this;
    if (pages > 0 && window.available(last) >= 4) {
      chunk.lastAddress = window.view.getUint32(last - window.start, this.image.dialect.order === "little");
    }
    return pages;
  }

  private raw(): Step {
    const { window, offset } = this;
    const pending = this.pending[0]!;
    const { block, stride } = pending;
    const rest = pending.count - pending.done;
    const count = block.extent ? rest : Math.min(rest, Math.floor(RAW_PART / stride));
    const length = Math.min(count * stride, Number.MAX_SAFE_INTEGER - offset);
    if (block.extent) {
      // Only its end matters: the next record begins there. With a size that is known it is not even read.
      const seen = Math.min(this.preview, length);
      if (this.opening.offset !== offset) {
        if (!window.holds(offset, seen)) return this.need(offset, seen);
        this.keepOpening();
      }
      const end = offset + length;
      if (window.end === undefined && window.start + window.bytes.length < end) return this.need(end, HEADER);
    } else if (!window.holds(offset, length)) return this.need(offset, length);

    const there = block.extent
      ? Math.max(0, Math.min(length, (window.end ?? offset + length) - offset))
      : Math.min(length, window.available(offset));
    const item: RawItem = {
      kind: "raw",
      offset,
      length: there,
      path: pending.path,
      image: this.image,
      name: block.name,
      block,
      count: there === length ? count : Math.floor(there / stride),
      first: pending.done,
      orderly: pending.orderly,
      bytes: block.extent ? this.atHand(offset, there) : window.slice(offset, there),
    };
    if (block.element === pids) this.checkRepeat(item);
    this.offset = offset + there;
    pending.done += count;
    if (there < length) {
      this.say(
        "error",
        "truncated",
        `${block.name}: ${length} bytes needed, ${there} left`,
        offset,
        pending.path,
      );
      this.endImage();
      return there === 0 ? AGAIN : item;
    }
    if (pending.done === pending.count) this.pending.shift();
    if (this.pending.length === 0) this.mode = "record";
    return item;
  }

  private checkRepeat(item: RawItem): void {
    const chunk = 256 * pids.size;
    if (item.first > 0 || item.bytes.length <= chunk) return;
    const again = item.bytes.subarray(chunk, 2 * chunk);
    if (!again.every((byte, i) => byte === item.bytes[i])) return;
    const message = "from the 257th task on the pids repeat the first ones (a bug of cr_write_pids, v9-v13)";
    this.say("note", "pids-repeat", message, item.offset + chunk, item.path);
  }

  /** A record type that the dialect does not have: kept and passed over if its length leads to a record. */
  private stranger(found: Header): Step {
    const { window, offset } = this;
    let at = offset;
    let next = found;
    for (let hops = 0; hops < STRANGERS_MOST && next.len >= 0; hops++) {
      at += HEADER + next.len;
      if (!window.holds(offset, at + HEADER - offset)) return this.need(offset, at + HEADER - offset);
      if (this.recordAt(at)) return this.passOver(found);
      if (window.available(at) < HEADER) break;
      next = this.readHeader(window.view, at - window.start, HEADER);
    }
    return this.garbage(found);
  }

  private passOver(found: Header): Item {
    const { window, offset, image } = this;
    const path = this.track.inside(`type_${found.type}`).text;
    const length = HEADER + found.len;
    const message = `${image.dialect.name} has no record ${found.type}; its ${found.len} bytes are passed over`;
    this.say("note", "unknown-record", message, offset, path);
    this.offset = offset + length;
    return {
      kind: "unknown",
      offset,
      length,
      path,
      image,
      header: found,
      bytes: window.slice(offset, length),
    };
  }

  private garbage(found: Header): Step {
    const { track, offset } = this;
    const name = this.image.dialect.byType(found.type)?.name;
    const what = name === undefined ? `type ${found.type}` : track.nameAndType(name);
    const message = `expected ${track.expected()}, found ${what} with length ${found.len}`;
    this.say("error", "garbage", message, offset, track.inside("unknown").text);
    this.mode = "lost";
    this.searched = offset;
    this.keepOpening();
    return AGAIN;
  }

  /** Nothing more of this image can be read: all up to the next head is one stretch. */
  private lost(): Step {
    const { window, offset, searched } = this;
    if (searched > offset) {
      if (!window.holds(searched, HEAD_SPAN)) return this.need(searched, HEAD_SPAN);
      const bytes = window.slice(searched, Math.min(HEAD_SPAN, window.available(searched)));
      if (detect(bytes).kind === "dialect") return this.unknown(searched - offset);
    }
    return this.search() ?? this.unknown(window.end! - offset);
  }

  /** The image ends here, with `left` bytes that are no whole record. */
  private cut(left: number, spec?: RecordSpec, length = HEADER): Step {
    const { offset, track } = this;
    const message =
      left === 0
        ? "the image ends without TAIL"
        : spec === undefined
          ? `a record header needs ${HEADER} bytes, ${left} left`
          : `${spec.name} needs ${length} bytes, ${left - HEADER} left`;
    const path = spec === undefined ? track.inside("end") : track.pathTo(spec.name);
    this.say("error", "truncated", `${message}; expected ${track.expected()}`, offset, path.text);
    if (left > 0) return this.unknown(left);
    this.endImage();
    return AGAIN;
  }

  private unknown(length: number): Item {
    const { offset, image } = this;
    const path = this.track.inside("unknown").text;
    this.offset = offset + length;
    this.endImage();
    return {
      kind: "unknown",
      offset,
      length,
      path,
      image,
      header: undefined,
      bytes: this.atHand(offset, length),
    };
  }

  private endImage(): void {
    this.pending = [];
    this.mode = "seek";
    this.searched = this.offset;
  }

  private need(at: number, length: number): typeof NEED {
    this.window.want(at, length);
    return NEED;
  }

  /** Remembers the bytes at hand from `offset` on, up to a page: the window may move on before they are yielded. */
  private keepOpening(): void {
    const { window, offset } = this;
    if (this.opening.offset === offset || offset < window.start) return;
    this.opening = { offset, bytes: window.slice(offset, Math.min(window.available(offset), LOOKAHEAD)) };
  }

  /** As many of the first bytes of a stretch as are, or were, at hand. */
  private atHand(offset: number, length: number): Uint8Array {
    const { window, opening } = this;
    if (offset >= window.start) return window.slice(offset, Math.min(length, window.available(offset)));
    return opening.offset === offset ? opening.bytes.subarray(0, length) : nothing;
  }

  private say(level: Notice["level"], code: NoticeCode, message: string, offset: number, path: string): void {
    const { image } = this.options;
    if (image !== undefined && (code === "outside" || this.image.index !== image)) return;
    this.notify({ level, code, message, offset, path });
  }
}
