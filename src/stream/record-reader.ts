import { type RawBlock, type Settled, strideOf } from "../codec/grammar.js";
import { conditionText } from "../codec/grammar-text.js";
import type { Decode } from "../codec/layout.js";
import type { BoundTable } from "../codec/table.js";
import { type Rule, rule } from "../finding.js";
import type { Window } from "../source/window.js";
import type { Dialect, RecordSpec } from "./dialect.js";
import type { Framing } from "./framing.js";
import type { Fields, Header, ImageStart, Item, RawItem, RecordItem } from "./item.js";
import { RAW_PART, STRANGERS_MOST } from "./limits.js";
import { Opening } from "./opening.js";
import type { Path } from "./path.js";
import { announcedCount, BlockCounter, nothingFollows } from "./raw-count.js";
import { Scope } from "./scope.js";
import type { Reader, ReaderInput } from "./stream-format.js";
import { Track, wrongCount } from "./track.js";
import { prefixOf } from "./walk.js";
import { WalkedRecord } from "./walked-record.js";

export const damagedMagic = rule("magic", {
  group: "structure",
  severity: "error",
  title: "A record has another magic than its kind",
  why: "Readers compare it, and refuse the image.",
  source: "the table of the record",
});
export const cutOff = rule("truncated", {
  group: "structure",
  severity: "error",
  title: "The image ends before its last record",
  why: "Whatever is missing cannot be restored.",
  source: "the grammar of the dialect",
});
export const unknownRecord = rule("unknown-record", {
  group: "structure",
  severity: "error",
  title: "A record of a type the dialect does not have",
  why: "No reader passes over a record it does not know.",
  source: "the grammar of the dialect",
});
export const garbage = rule("garbage", {
  group: "structure",
  severity: "error",
  title: "No record can stand here",
  why: "From here on nothing of the image can be read.",
  source: "the grammar of the dialect",
});
export const wrongLength = rule("record-length", {
  group: "structure",
  severity: "error",
  title: "len is not that of the struct",
  why: "Readers refuse it, or take other bytes for what is missing.",
  source: "the table of the record",
});
export const recordReaderRules = [damagedMagic, cutOff, unknownRecord, garbage, wrongLength];

const AGAIN = Symbol("again");
type Step = Item | Window | typeof AGAIN | undefined;

/** A raw block that is about to be yielded. */
interface Pending {
  readonly block: RawBlock;
  readonly count: number;
  readonly stride: number;
  readonly path: string;
  readonly orderly: boolean;
  done: number;
}

/** Reads an image that is a stream of records, by the framing and the grammar of its dialect. */
export class RecordReader implements Reader {
  /** Everything before is yielded. */
  offset: number;
  private mode: "record" | "raw" | "lost" | "done" = "record";
  /** In what is lost: the place that may be the next head, and whether it still has to be looked at. */
  private searched = 0;
  private isCandidate = false;
  private pending: Pending[] = [];
  private readonly window: Window;
  private readonly dialect: Dialect;
  private readonly framing: Framing;
  private readonly headerSize: number;
  private readonly readHeader: Decode<Header>;
  private readonly scope = new Scope();
  private readonly track: Track;
  private readonly counter: BlockCounter;
  private readonly opening: Opening;

  constructor(
    private readonly image: ImageStart,
    private readonly input: ReaderInput,
  ) {
    const { dialect, abi } = image;
    const { header } = dialect.framing;
    this.dialect = dialect.at(abi);
    this.framing = dialect.framing;
    this.offset = image.offset;
    this.window = input.window;
    this.headerSize = header.size;
    this.readHeader = header.at(abi).decode as Decode<Header>;
    const complain = (what: Rule, message: string, path: string) =>
      input.say(what, message, this.offset, path, true);
    this.track = new Track(dialect, prefixOf(image), this.scope, complain);
    this.counter = new BlockCounter(input.window, image, this.scope, this.recordAt);
    this.opening = new Opening(input.window);
  }

  next(): Item | Window | undefined {
    for (;;) {
      const step = this.step();
      if (step !== AGAIN) return step;
    }
  }

  private step(): Step {
    switch (this.mode) {
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

  private record(): Step {
    const { window, offset, headerSize } = this;
    if (!window.holds(offset, headerSize)) return this.need(offset, headerSize);
    const left = window.available(offset);
    if (left < headerSize) return this.cut(left);

    const found = this.readHeader(window.view, offset - window.start, headerSize);
    const spec = this.dialect.byType(found.type);
    if (spec === undefined) return this.stranger(found);
    if (spec.begins && !this.track.fresh) {
      const { heads } = this.input;
      if (!window.holds(offset, heads.span)) return this.need(offset, heads.span);
      if (heads.isHead(offset)) return this.cut(0);
    }

    const length = this.payloadLength(spec, found.len);
    if (typeof length !== "number") return length;
    if (length < 0) return this.garbage(found);
    if (!window.holds(offset, headerSize + length)) return this.need(offset, headerSize + length);
    const there = window.available(offset);
    if (there < headerSize + length) return this.cut(there, spec, length);
    return this.known(found, spec, length);
  }

  private known(found: Header, spec: RecordSpec, length: number): Item | Window {
    const { window, offset, scope, headerSize, counter, image } = this;
    const table = spec.tableFor(length);
    const at = offset + headerSize;
    // What counts and conditions refer to is numbers: text is decoded by whoever reads it.
    const fields = spec.variable ? undefined : this.decode(table, at, length);

    // A call that ends in the window is made again in full, so nothing changes before all that decides is at hand.
    const follows =
      fields === undefined || spec.raw.length === 0
        ? nothingFollows
        : scope.supposing(spec.name, fields, () => counter.counts(spec, at + length));
    if (typeof follows === "number") return this.need(offset, headerSize + length + follows);

    const path = this.track.enter(spec.name);
    if (this.framing.payload(found.len) !== length || (length !== table.size && !spec.variable))
      this.sayLength(spec, found.len, length, path.text);
    if (fields !== undefined) {
      scope.set(spec.name, fields);
      this.checkMagic(table, fields, path);
    }
    if (spec.raw.length > 0) this.announce(spec, follows, path);
    this.offset = at + length;
    this.mode = this.pending.length > 0 ? "raw" : "record";
    if (spec.ends) this.end();
    return new WalkedRecord(
      image,
      offset,
      headerSize + length,
      found,
      spec.name,
      table,
      follows.counts,
      path,
      fields,
      window,
      headerSize,
    ) satisfies RecordItem;
  }

  /** The fields of a payload; of a short one only those that are whole. */
  private decode(table: BoundTable, at: number, length: number): Fields {
    const { window } = this;
    const decode = table.decode as Decode<Record<string, unknown>>;
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
  private payloadLength(spec: RecordSpec, len: number): number | Window {
    const { headerSize } = this;
    const said = this.framing.payload(len);
    if (spec.variable) return said;
    const { size } = spec.tableFor(said);
    if (said === size) return said;
    const reach = headerSize + Math.max(said, size) + headerSize;
    if (!this.window.holds(this.offset, reach)) return this.need(this.offset, reach);
    const at = this.offset + headerSize;
    if (said >= 0 && (spec.raw.length > 0 || this.recordAt(at + said))) return said;
    return said < 0 || this.recordAt(at + size) ? size : said;
  }

  /** True if a record (of one of these names) stands at `at`, as far as its header tells. It must be at hand. */
  private readonly recordAt = (at: number, names?: readonly string[]): boolean => {
    const { window, headerSize } = this;
    if (window.available(at) < headerSize) return false;
    const { type, len } = this.readHeader(window.view, at - window.start, headerSize);
    const spec = this.dialect.byType(type);
    if (spec === undefined || (names !== undefined && !names.includes(spec.name))) return false;
    const payload = this.framing.payload(len);
    return spec.variable ? payload > 0 : spec.tables.some(({ size }) => size === payload);
  };

  private sayLength(spec: RecordSpec, len: number, length: number, path: string): void {
    const { framing } = this;
    const sizes = spec.tables.map(({ size }) => size).join(" or ");
    const read = length === framing.payload(len) ? "" : `; read as ${length}`;
    const message = `${spec.name} has ${sizes} bytes, its header says ${len}${read}`;
    this.damage(wrongLength, message, path);
  }

  private checkMagic(table: BoundTable, fields: Fields, path: Path): void {
    const valid = table.fields["magic"]?.valid;
    if (valid === undefined || !("equals" in valid)) return;
    const magic = fields["magic"];
    if (magic === undefined || magic === valid.equals) return;
    const [expected, found] = [valid.equals, magic as bigint].map(value => `0x${value.toString(16)}`);
    this.damage(damagedMagic, `expected the magic ${expected}, found ${found}`, path.text);
  }

  /** Lines up the raw blocks of a record, and says where their counts are not as announced. */
  private announce(spec: RecordSpec, follows: Settled, path: Path): void {
    const { scope, offset } = this;
    const { counts, orderly = false, remark } = follows;
    const isSettled = spec.raw[0]!.settle !== undefined;
    for (const [i, block] of spec.raw.entries()) {
      const count = counts[i] ?? 0;
      if (!isSettled) this.checkCount(spec, block, count, path);
      if (count > 0) {
        const stride = scope.amount(strideOf(block, this.image.abi));
        this.pending.push({ block, count, stride, path: `${path.text}.${block.name}`, orderly, done: 0 });
      }
    }
    if (remark !== undefined) {
      const { rule, message, isDamage, hint } = remark;
      this.input.say(rule, message, offset, path.text, isDamage, hint);
    }
    if (isSettled) this.counter.took(spec, follows);
  }

  private checkCount(spec: RecordSpec, block: RawBlock, count: number, path: Path): void {
    const announced = announcedCount(block, this.scope);
    if (count === announced) return;
    const why = block.when === undefined ? String(block.count) : conditionText(block.when);
    const message = `${block.name}: ${announced} expected (${why}), but ${count} stand here`;
    const tolerated = block.tolerated?.(this.scope.get(spec.name) ?? {});
    this.input.say(tolerated ?? wrongCount, message, this.offset, path.text, tolerated === undefined);
  }

  private raw(): Step {
    const { window, offset, opening, headerSize, image } = this;
    const { preview } = this.input;
    const pending = this.pending[0]!;
    const { block, stride } = pending;
    const rest = pending.count - pending.done;
    const count = block.extent ? rest : Math.min(rest, Math.floor(RAW_PART / stride));
    const length = Math.min(count * stride, Number.MAX_SAFE_INTEGER - offset);
    if (block.extent) {
      // Only its end matters: the next record begins there. With a size that is known it is not even read.
      const seen = Math.min(preview, length);
      if (!opening.isOf(offset)) {
        if (!window.holds(offset, seen)) return this.need(offset, seen);
        opening.keep(offset);
      }
      const end = offset + length;
      if (window.end === undefined && window.start + window.bytes.length < end)
        return this.need(end, headerSize);
    } else if (!window.holds(offset, length)) return this.need(offset, length);

    const there = block.extent
      ? Math.max(0, Math.min(length, (window.end ?? offset + length) - offset))
      : Math.min(length, window.available(offset));
    const item: RawItem = {
      kind: "raw",
      offset,
      length: there,
      path: pending.path,
      image,
      name: block.name,
      block,
      count: there === length ? count : Math.floor(there / stride),
      first: pending.done,
      orderly: pending.orderly,
      bytes: block.extent ? opening.bytes(offset, there) : window.slice(offset, there),
    };
    const odd = item.first === 0 ? block.remark?.(item.bytes) : undefined;
    if (odd !== undefined) this.input.say(odd.rule, odd.message, offset + odd.at, item.path, false);
    this.offset = offset + there;
    pending.done += count;
    if (there < length) {
      const message = `${block.name}: ${length} bytes needed, ${there} left`;
      this.input.say(cutOff, message, offset, pending.path, true);
      this.end();
      return there === 0 ? AGAIN : item;
    }
    if (pending.done === pending.count) this.pending.shift();
    if (this.pending.length === 0) this.mode = "record";
    return item;
  }

  /** A record type that the dialect does not have: kept and passed over if its length leads to a record. */
  private stranger(found: Header): Step {
    const { window, offset, headerSize } = this;
    const { framing } = this;
    let at = offset;
    let length = framing.payload(found.len);
    for (let hops = 0; hops < STRANGERS_MOST && length >= 0; hops++) {
      at += headerSize + length;
      if (!window.holds(offset, at + headerSize - offset)) return this.need(offset, at + headerSize - offset);
      if (this.recordAt(at)) return this.passOver(found);
      if (window.available(at) < headerSize) break;
      length = framing.payload(this.readHeader(window.view, at - window.start, headerSize).len);
    }
    return this.garbage(found);
  }

  private passOver(found: Header): Item {
    const { window, offset, image, headerSize } = this;
    const path = this.track.inside(`type_${found.type}`).text;
    const payload = this.framing.payload(found.len);
    const message = `${image.dialect.name} has no record ${found.type}; its ${payload} bytes are passed over`;
    this.input.say(unknownRecord, message, offset, path, false);
    const length = headerSize + payload;
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
    const name = this.dialect.byType(found.type)?.name;
    const what = name === undefined ? `type ${found.type}` : track.nameAndType(name);
    const message = `expected ${track.expected()}, found ${what} with length ${found.len}`;
    this.damage(garbage, message, track.inside("unknown").text);
    this.mode = "lost";
    this.searched = offset;
    this.isCandidate = false;
    this.opening.keep(offset);
    return AGAIN;
  }

  /** Nothing more of this image can be read: all up to the next head is one stretch. */
  private lost(): Step {
    const { window, offset, searched } = this;
    const { heads } = this.input;
    if (this.isCandidate) {
      if (!window.holds(searched, heads.span)) return this.need(searched, heads.span);
      if (heads.isHead(searched)) return this.unknown(searched - offset);
      this.isCandidate = false;
    }
    const next = heads.next(searched);
    if (next === undefined) return this.unknown(window.end! - offset);
    if (typeof next !== "number") return next;
    this.searched = next;
    this.isCandidate = true;
    return AGAIN;
  }

  /** The image ends here, with `left` bytes that are no whole record. */
  private cut(left: number, spec?: RecordSpec, length = this.headerSize): Step {
    const { track, headerSize } = this;
    const { ends } = this.dialect;
    const message =
      left === 0
        ? `the image ends without ${ends.join(" or ")}`
        : spec === undefined
          ? `a record header needs ${headerSize} bytes, ${left} left`
          : `${spec.name} needs ${length} bytes, ${left - headerSize} left`;
    const path = spec === undefined ? track.inside("end") : track.pathTo(spec.name);
    this.damage(cutOff, `${message}; expected ${track.expected()}`, path.text);
    if (left > 0) return this.unknown(left);
    this.end();
    return AGAIN;
  }

  private unknown(length: number): Item {
    const { offset, image } = this;
    const path = this.track.inside("unknown").text;
    this.offset = offset + length;
    this.end();
    return {
      kind: "unknown",
      offset,
      length,
      path,
      image,
      header: undefined,
      bytes: this.opening.bytes(offset, length),
    };
  }

  private end(): void {
    this.pending = [];
    this.mode = "done";
  }

  private need(at: number, length: number): Window {
    this.window.want(at, length);
    return this.window;
  }

  private damage(what: Rule, message: string, path: string): void {
    this.input.say(what, message, this.offset, path, true);
  }
}
