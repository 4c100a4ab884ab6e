import { CHUNK } from "./limits.js";

/** Collects bytes until they are worth a write. One buffer for all: an image is made of millions of pieces. */
export class ByteBuffer {
  private bytes = new Uint8Array(2 * CHUNK);
  private used = 0;
  /** Of the bytes that `reserve` hands out. */
  view = new DataView(this.bytes.buffer);

  /** True if what is there should be written before more comes. */
  get isFull(): boolean {
    return this.used >= CHUNK;
  }

  /** Index in `view` of room for `length` bytes, all 0. */
  reserve(length: number): number {
    const at = this.used;
    this.used += length;
    if (this.used > this.bytes.length) this.grow(at);
    else this.bytes.fill(0, at, this.used);
    return at;
  }

  append(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** Fills a part of the room that was handed out last. */
  set(bytes: Uint8Array, at: number): void {
    this.bytes.set(bytes, at);
  }

  /** What is there, good until more comes; and is no longer there. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.used);
    this.used = 0;
    return taken;
  }

  /** Only the longest lines make it do so. */
  private grow(kept: number): void {
    const grown = new Uint8Array(2 * this.used);
    grown.set(this.bytes.subarray(0, kept));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
