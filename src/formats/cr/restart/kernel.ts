import type { BoundTable } from "../../../codec/table.js";
import type { Asking } from "../../../source/drive.js";
import type { Window } from "../../../source/window.js";
import type { RecordSpec } from "../../../stream/dialect.js";
import { header } from "../records.js";
import { Errno } from "./errno.js";
import type { RestartSeries } from "./series.js";

/** sys_restart gives up: the error goes up the calls, as `ret < 0` does in the kernel. */
export class Refusal {
  constructor(readonly errno: number) {}
}

/** `-EINVAL` unless the condition holds: the most common line of restart.c. */
export function require(condition: boolean, errno: number = Errno.EINVAL): void {
  if (!condition) throw new Refusal(errno);
}

/** What the kernel does with an image: it may lack bytes in the middle of it. */
export type Reading<T> = Asking<never, T>;

/** What cr_read_obj got. */
interface Obj {
  readonly type: number;
  readonly len: number;
  /** As the kernel takes it: an int. */
  readonly parent: number;
  /** Where its payload begins. */
  readonly at: number;
  /** How many of the `len` bytes the file had. */
  readonly got: number;
}

/** A record that was read into the header buffer. */
export class Received {
  constructor(
    /** What cr_read_obj_type returned: `parent`, which is not negative. */
    readonly parent: number,
    private readonly values: Readonly<Record<string, unknown>>,
    /** Told which field is asked for, of a record that was shorter than its struct. */
    private readonly asked: ((field: string) => void) | undefined,
  ) {}

  /** A field of the struct, in whatever the buffer holds. */
  number(field: string): number {
    this.asked?.(field);
    return this.values[field] as number;
  }

  big(field: string): bigint {
    this.asked?.(field);
    return this.values[field] as bigint;
  }
}

/** Size of `ctx->hbuf`; all that matters is that every struct fits. */
const HBUF = 4096;

const readHeader = header.at("little").decode;

/**
 * The reading primitives of restart.c: a file position, a header buffer that is never cleared, and an end of file that
 * is an error only since v11.
 */
export class Kernel {
  position: number;
  /** What the answer depends on beside the image, in words. */
  readonly depends = new Set<string>();
  private readonly hbuf = new Uint8Array(HBUF);
  private readonly hbufView = new DataView(this.hbuf.buffer);

  constructor(
    readonly series: RestartSeries,
    readonly window: Window,
    start: number,
  ) {
    this.position = start;
  }

  /**
   * cr_kread: up to `count` bytes, as a view. Fewer at the end of the file, where old kernels say nothing and new ones
   * -EPIPE.
   */
  *kread(count: number): Reading<Uint8Array> {
    while (!this.isAtHand(count)) yield this.window;
    this.clampToEnd();
    const { window, position } = this;
    const bytes = window.slice(position, Math.min(count, window.available(position)));
    this.advance(bytes.length, count);
    return bytes;
  }

  /** False if the window lacks some of the next bytes: then it is told so. */
  private isAtHand(count: number): boolean {
    if (this.window.holds(this.position, count)) return true;
    this.window.want(this.position, count);
    return false;
  }

  /** Moves over what was read of `count` bytes. */
  private advance(got: number, count: number): void {
    this.position += got;
    if (got < count && this.series.endOfFile === "EPIPE") throw new Refusal(Errno.EPIPE);
  }

  /** Passes over bytes that nothing depends on, perhaps beyond the end of the file: see `settle`. */
  skip(count: number): void {
    this.position = Math.min(this.position + count, Number.MAX_SAFE_INTEGER);
  }

  /** After a skip: brings the position back to the end of the file if it went beyond. */
  *settle(): Reading<void> {
    while (!this.isAtHand(1)) yield this.window;
    this.clampToEnd();
  }

  private clampToEnd(): void {
    const { end } = this.window;
    if (end !== undefined && this.position > end) this.position = end;
  }

  /** cr_read_obj: a header, and a payload of at most `room` bytes. Undefined if they are not at hand. */
  private obj(room: number): Obj | undefined {
    if (!this.isAtHand(header.size)) return undefined;
    this.clampToEnd();
    const { window, position } = this;
    const there = window.available(position);
    if (there < header.size) {
      this.advance(there, header.size);
      // What the stack held: no kernel is known to have met a header there that it wanted.
      this.depends.add(
        "stale kernel memory: the file ends before a record header, which was not an error before v11",
      );
      throw new Refusal(Errno.EINVAL);
    }
    const { type, len, parent } = readHeader(window.view, position - window.start, header.size);
    if (len < 0 || len > room) {
      this.position += header.size;
      throw new Refusal(Errno.EINVAL);
    }
    if (!this.isAtHand(header.size + len)) return undefined;
    const got = Math.min(len, there - header.size);
    this.advance(header.size + got, header.size + len);
    if (got < len) {
      this.depends.add(
        "stale kernel memory: the file ends inside a record, which was not an error before v11",
      );
    }
    return { type, len, parent: parent | 0, at: position + header.size, got };
  }

  /** cr_read_obj_type: a record of this kind, whose `parent` is not a negative number. */
  *readType(name: string, size?: number): Reading<Received> {
    for (;;) {
      const received = this.received(name, size);
      if (received !== undefined) return received;
      yield this.window;
    }
  }

  /**
   * The same, and undefined if the bytes are not at hand: for what there can be a million of, as a generator costs more
   * than what it would do.
   */
  received(name: string, size?: number): Received | undefined {
    const spec = this.spec(name);
    const table = size === undefined ? spec.tables[0]! : spec.tableFor(size);
    const obj = this.obj(table.size);
    if (obj === undefined) return undefined;
    const { type, len, parent, at, got } = obj;
    const { window, series, hbuf } = this;
    // Whatever a shorter record leaves of the buffer is what was read into it before. None is shorter since v11.
    const isWhole = got >= table.size;
    if (series.endOfFile === "ignored") hbuf.set(window.slice(at, got));
    require(type === spec.type && (!series.exactLength || len === table.size));
    if (parent < 0) throw new Refusal(-parent);
    const { decode } = table;
    const values = isWhole
      ? decode(window.view, at - window.start, table.size)
      : decode(this.hbufView, 0, table.size);
    return new Received(parent, values, isWhole ? undefined : field => this.askedFor(table, field, got));
  }

  private askedFor(table: BoundTable, field: string, got: number): void {
    const { offset, size } = table.layout.find(({ name }) => name === field)!;
    if (offset + size > got)
      this.depends.add(`stale kernel memory: ${table.name} is too short to hold ${field}`);
  }

  /** cr_read_string, cr_read_fname: text of at most `room` bytes. Gives its bytes. */
  *readText(name: string, room: number): Reading<Uint8Array> {
    for (;;) {
      const text = this.receivedText(name, room);
      if (text !== undefined) return text;
      yield this.window;
    }
  }

  /** The same, and undefined if the bytes are not at hand. */
  receivedText(name: string, room: number): Uint8Array | undefined {
    const obj = this.obj(room);
    if (obj === undefined) return undefined;
    const { type, parent, at, got } = obj;
    require(type === this.spec(name).type);
    if (parent < 0) throw new Refusal(-parent);
    return this.window.slice(at, got);
  }

  private spec(name: string): RecordSpec {
    return this.series.dialect.byName(name)!;
  }
}
