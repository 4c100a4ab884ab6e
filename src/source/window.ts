import { READ_FIRST, READ_MOST } from "./limits.js";

const nothing = new Uint8Array(0);

/**
 * The stretch of the file that is at hand. The walk says what it wants, whoever drives it reads and calls `accept`.
 * Each read brings its own buffer and is never written again, so views of it stay good for as long as anyone keeps them.
 */
export class Window {
  bytes: Uint8Array = nothing;
  view: DataView = new DataView(nothing.buffer);
  /** Offset in the file of the first byte at hand. */
  start = 0;
  /** Size of the file, as soon as it is known. */
  end: number | undefined;
  /** What the walk asked for last. */
  wantedAt = 0;
  wantedLength = 0;
  /** Without what is read ahead. */
  private required = 0;
  /** The most that was required at once so far. */
  private needed = READ_FIRST;
  private ahead = READ_FIRST;
  /** The bytes wanted are only passed over: nobody keeps a view of them, so one buffer will do for all such reads. */
  isPassing = false;
  private passing: Uint8Array = nothing;

  constructor(end: number | undefined) {
    this.end = end;
  }

  /** True if `length` bytes from `at` are at hand, or as many of them as the file has. */
  holds(at: number, length: number): boolean {
    if (this.end !== undefined && at >= this.end) return true;
    const stop = this.start + this.bytes.length;
    if (at < this.start) return false;
    return at + length <= stop || (this.end !== undefined && stop >= this.end && at <= stop);
  }

  /** Bytes at hand from `at` on. */
  available(at: number): number {
    return at < this.start ? 0 : Math.max(0, this.start + this.bytes.length - at);
  }

  /** Asks for `length` bytes from `at`. */
  want(at: number, length: number): void {
    this.isPassing = false;
    const goesOn = at >= this.start && at <= this.start + this.bytes.length && this.bytes.length > 0;
    // After a jump as much as was needed after others: chunks of pages are alike, and one read will do for each.
    this.ahead = Math.min(goesOn ? this.ahead * 2 : this.needed, READ_MOST);
    this.needed = Math.max(this.needed, length);
    this.wantedAt = at;
    this.required = length;
    // Ahead of what is required, however much that is: the next want may be the same, a few bytes further on.
    this.wantedLength =
      length <= this.ahead ? this.ahead : length + Math.max(this.ahead, Math.floor(length / 2));
  }

  /** Asks for bytes that are looked at once, such as those that are searched. Views of them are good until the next want. */
  wantPassing(at: number, length: number): void {
    this.isPassing = true;
    this.wantedAt = at;
    this.wantedLength = length;
    this.required = length;
  }

  /** Room for the bytes of `wantPassing`. */
  get passingRoom(): Uint8Array {
    if (this.passing.length < this.wantedLength) this.passing = new Uint8Array(this.wantedLength);
    return this.passing.subarray(0, this.wantedLength);
  }

  /** Lets go of bytes that were only passed over: who goes on from among them reads them anew. */
  forgetPassing(): void {
    if (!this.isPassing) return;
    this.isPassing = false;
    this.bytes = nothing;
    this.view = new DataView(nothing.buffer);
  }

  /**
   * Takes what was read for the last `want`; fewer bytes than wanted mean that the file ends there. `seen` is what the
   * source knows of the end if the want began beyond it.
   */
  accept(bytes: Uint8Array, seen?: number): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = this.wantedAt;
    if (bytes.length < this.wantedLength) {
      const stop = this.wantedAt + bytes.length;
      this.end = bytes.length > 0 ? stop : Math.min(seen ?? this.end ?? stop, stop);
    }
  }

  /** Takes over the bytes of another window of the same file, if what was wanted last is among them. */
  adopt(other: Window): boolean {
    // What the other only passes over it will write over.
    if (other.isPassing || !other.holds(this.wantedAt, this.required)) return false;
    this.bytes = other.bytes;
    this.view = other.view;
    this.start = other.start;
    this.end = other.end;
    return true;
  }

  /** `length` bytes at `at`, as a view; they must be at hand. */
  slice(at: number, length: number): Uint8Array {
    return this.bytes.subarray(at - this.start, at - this.start + length);
  }
}
