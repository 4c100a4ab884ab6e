import type { Table } from "../../codec/table.js";
import { header } from "../../format/cr/records.js";
import type { RecordSpec } from "../../format/dialect.js";
import type { Window } from "../../image/window.js";
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

/** Asks its driver for the bytes that the window wants. */
export type Asking<T> = Generator<void, T, void>;

/** What cr_read_obj got. */
interface Obj {
  readonly type: number;
  readonly len: number;
  /** As the kernel takes it: an int. */
  readonly parent: number;
  /** `len` bytes, or as many as the file had. */
  readonly payload: Uint8Array;
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

const readHeader = header.decoder("little");

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
  *kread(count: number): Asking<Uint8Array> {
    if (!this.window.holds(this.position, count)) yield* this.wait(count);
    return this.take(count);
  }

  private *wait(count: number): Asking<void> {
    while (!this.window.holds(this.position, count)) {
      this.window.want(this.position, count);
      yield;
    }
  }

  /** What kread gives, once the bytes are at hand. */
  private take(count: number): Uint8Array {
    const { window } = this;
    this.clampToEnd();
    const bytes = window.slice(this.position, Math.min(count, window.available(this.position)));
    this.position += bytes.length;
    if (bytes.length < count && this.series.endOfFile === "EPIPE") throw new Refusal(Errno.EPIPE);
    return bytes;
  }

  /** Passes over bytes that nothing depends on, perhaps beyond the end of the file: see `settle`. */
  skip(count: number): void {
    this.position = Math.min(this.position + count, Number.MAX_SAFE_INTEGER);
  }

  /** After a skip: brings the position back to the end of the file if it went beyond. */
  *settle(): Asking<void> {
    if (!this.window.holds(this.position, 1)) yield* this.wait(1);
    this.clampToEnd();
  }

  private clampToEnd(): void {
    const { end } = this.window;
    if (end !== undefined && this.position > end) this.position = end;
  }

  /** cr_read_obj: a header, and a payload of at most `room` bytes. */
  private *readObj(room: number): Asking<Obj> {
    if (!this.window.holds(this.position, header.size)) yield* this.wait(header.size);
    const head = this.take(header.size);
    if (head.length < header.size) {
      // What the stack held: no kernel is known to have met a header there that it wanted.
      this.depends.add(
        "stale kernel memory: the file ends before a record header, which was not an error before v11",
      );
      throw new Refusal(Errno.EINVAL);
    }
    const { window } = this;
    const { type, len, parent } = readHeader(
      window.view,
      this.position - header.size - window.start,
      header.size,
    );
    require(len >= 0 && len <= room);
    if (!window.holds(this.position, len)) yield* this.wait(len);
    const payload = this.take(len);
    if (payload.length < len) {
      this.depends.add(
        "stale kernel memory: the file ends inside a record, which was not an error before v11",
      );
    }
    return { type, len, parent: parent | 0, payload };
  }

  /** cr_read_obj_type: a record of this kind, whose `parent` is not a negative number. */
  *readType(name: string, size?: number): Asking<Received> {
    const spec = this.spec(name);
    const table = size === undefined ? spec.tables[0]! : spec.tableFor(size);
    const { type, len, parent, payload } = yield* this.readObj(table.size);
    // Whatever a shorter record leaves of the buffer is what was read into it before.
    this.hbuf.set(payload);
    require(type === spec.type && (!this.series.exactLength || len === table.size));
    if (parent < 0) throw new Refusal(-parent);
    const values = table.decoder("little")(this.hbufView, 0, table.size);
    const isWhole = payload.length >= table.size;
    return new Received(
      parent,
      values,
      isWhole ? undefined : field => this.askedFor(table, field, payload.length),
    );
  }

  private askedFor(table: Table, field: string, got: number): void {
    const { offset, size } = table.layout.find(({ name }) => name === field)!;
    if (offset + size > got)
      this.depends.add(`stale kernel memory: ${table.name} is too short to hold ${field}`);
  }

  /** cr_read_string, cr_read_fname: text of at most `room` bytes. Gives its bytes. */
  *readText(name: string, room: number): Asking<Uint8Array> {
    const { type, parent, payload } = yield* this.readObj(room);
    require(type === this.spec(name).type);
    if (parent < 0) throw new Refusal(-parent);
    return payload;
  }

  private spec(name: string): RecordSpec {
    return this.series.dialect.byName(name)!;
  }
}
