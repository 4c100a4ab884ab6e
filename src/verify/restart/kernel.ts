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
export interface Obj {
  readonly type: number;
  readonly len: number;
  /** As the kernel takes it: an int. */
  readonly parent: number;
}

/** A record that was read into a header buffer. */
export interface Received {
  /** What cr_read_obj_type returned: `parent`, which is not negative. */
  readonly parent: number;
  /** A field of the struct, in whatever the buffer holds; see `Kernel.depends`. */
  number(field: string): number;
  big(field: string): bigint;
}

/** Size of `ctx->hbuf`; all that matters is that every struct fits. */
const HBUF = 4096;

/**
 * The reading primitives of restart.c: a file position, a header buffer that is never cleared, and an end of file that
 * is an error only since v11.
 */
export class Kernel {
  position: number;
  /** What the answer depends on beside the image, in words. */
  readonly depends = new Set<string>();
  private readonly hbuf = new Uint8Array(HBUF);

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
    const { window } = this;
    while (!window.holds(this.position, count)) {
      window.want(this.position, count);
      yield;
    }
    this.clampToEnd();
    const bytes = window.slice(this.position, Math.min(count, window.available(this.position)));
    this.position += bytes.length;
    if (bytes.length < count && this.series.endOfFile === "EPIPE") throw new Refusal(Errno.EPIPE);
    return bytes;
  }

  /** Passes over bytes that nothing depends on; stops at the end of the file, if that is known by then. */
  skip(count: number): void {
    this.position = Math.min(this.position + count, Number.MAX_SAFE_INTEGER);
  }

  /** True if the file is known to end at or before the position. Asks for a byte to find out. */
  *atEnd(): Asking<boolean> {
    const { window } = this;
    while (!window.holds(this.position, 1)) {
      window.want(this.position, 1);
      yield;
    }
    this.clampToEnd();
    return window.available(this.position) === 0;
  }

  private clampToEnd(): void {
    const { end } = this.window;
    if (end !== undefined && this.position > end) this.position = end;
  }

  /** cr_read_obj: a header, and a payload of at most `room` bytes into `into`. */
  *readObj(room: number, into: Uint8Array): Asking<Obj> {
    const head = yield* this.kread(header.size);
    if (head.length < header.size) {
      // What the stack held: no kernel is known to have met a header there that it wanted.
      this.depends.add(
        "stale kernel memory: the file ends before a record header, which was not an error before v11",
      );
      throw new Refusal(Errno.EINVAL);
    }
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const { type, len, parent } = header.decoder("little")(view, 0, header.size);
    require(len >= 0 && len <= room);
    const payload = yield* this.kread(len);
    into.set(payload);
    if (payload.length < len) {
      this.depends.add(
        "stale kernel memory: the file ends inside a record, which was not an error before v11",
      );
    }
    return { type, len, parent: parent | 0 };
  }

  /** cr_read_obj_type: a record of this kind, whose `parent` is not a negative number. */
  *readType(name: string, size?: number): Asking<Received> {
    const spec = this.spec(name);
    const table = size === undefined ? spec.tables[0]! : spec.tableFor(size);
    const from = this.position;
    const { type, len, parent } = yield* this.readObj(table.size, this.hbuf);
    require(type === spec.type && (!this.series.exactLength || len === table.size));
    if (parent < 0) throw new Refusal(-parent);
    const got = Math.min(len, this.position - from - header.size);
    const values = table.decoder("little")(new DataView(this.hbuf.buffer), 0, table.size) as Record<
      string,
      unknown
    >;
    const ends = new Map(table.layout.map(({ name, offset, size }) => [name, offset + size]));
    const value = (field: string) => {
      if (ends.get(field)! > got)
        this.depends.add(`stale kernel memory: ${name} is too short to hold ${field}`);
      return values[field];
    };
    return { parent, number: field => value(field) as number, big: field => value(field) as bigint };
  }

  /** cr_read_string, cr_read_fname: text of at most `room` bytes. Gives its bytes. */
  *readText(name: string, room: number): Asking<Uint8Array> {
    const text = new Uint8Array(Math.max(0, Math.min(room, 0x7fff)));
    const { type, len, parent } = yield* this.readObj(room, text);
    require(type === this.spec(name).type);
    if (parent < 0) throw new Refusal(-parent);
    return text.subarray(0, len);
  }

  private spec(name: string): RecordSpec {
    return this.series.dialect.byName(name)!;
  }
}
