import { CrimgError } from "../errors.js";

/** Where the bytes of an image come from. The whole library hangs on this. */
export interface Source {
  /** Bytes in all; undefined if only reading tells. */
  readonly size: number | undefined;
  /** True if any bytes can be read at any time; false if each read must begin where the last one began or later. */
  readonly seekable: boolean;
  /**
   * `length` bytes from `offset`, in a buffer that nobody writes to afterwards. Fewer only at the end of the input;
   * none beyond it.
   */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** For a source that is not seekable: bytes seen so far. Tells the true end after a read beyond it. */
  readonly seen?: number;
  close?(): void | Promise<void>;
}

/** A source that answers at once. */
export interface SyncSource extends Source {
  read(offset: number, length: number): Uint8Array;
  /** Fills `target` from `offset` on, as far as the input goes: for bytes that are only passed on. Returns how many. */
  readInto?(offset: number, target: Uint8Array): number;
  close?(): void;
}

/** Bytes in memory; nothing is copied. */
export function bytesSource(bytes: Uint8Array): SyncSource {
  return {
    size: bytes.length,
    seekable: true,
    read: (offset, length) => bytes.subarray(offset, Math.min(offset + length, bytes.length)),
  };
}

/** What crimg needs of a `Blob` (or a `File`, or anything that serves ranges of bytes the same way). */
export interface BlobLike {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A Blob, read in ranges. */
export function blobSource(blob: BlobLike): Source {
  return {
    size: blob.size,
    seekable: true,
    async read(offset, length) {
      const end = Math.min(offset + length, blob.size);
      if (offset >= end) return new Uint8Array(0);
      return new Uint8Array(await blob.slice(offset, end).arrayBuffer());
    },
  };
}

/** Bytes that come in order, of any chunk sizes. */
export function streamSource(chunks: AsyncIterable<Uint8Array>): Source {
  const bytes = new ForwardBytes();
  const iterator = chunks[Symbol.asyncIterator]();
  return {
    size: undefined,
    seekable: false,
    get seen() {
      return bytes.end;
    },
    async read(offset, length) {
      bytes.moveTo(offset);
      while (bytes.wants(offset + length)) {
        const { done, value } = await iterator.next();
        if (done) bytes.ended = true;
        else bytes.push(value);
      }
      return bytes.take(offset, length);
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** The same for input that can be waited for: `pull` gives the next bytes (its buffer may be used again), or none at the end. */
export function pullSource(pull: () => Uint8Array | undefined, close?: () => void): SyncSource {
  const bytes = new ForwardBytes();
  return {
    size: undefined,
    seekable: false,
    get seen() {
      return bytes.end;
    },
    read(offset, length) {
      bytes.moveTo(offset);
      while (bytes.wants(offset + length)) {
        const chunk = pull();
        if (chunk === undefined) bytes.ended = true;
        else bytes.push(chunk);
      }
      return bytes.take(offset, length);
    },
    ...(close && { close }),
  };
}

/** Bytes that are kept together. */
const BLOCK = 16 * 1024;

interface Block {
  /** Where its first byte stands in the input. */
  readonly at: number;
  readonly bytes: Uint8Array;
  used: number;
}

/** Holds on to what sequential input may still be asked for, and lets the rest go unread. */
class ForwardBytes {
  ended = false;
  /** Bytes pushed so far. */
  end = 0;
  private floor = 0;
  private kept: Block[] = [];

  moveTo(offset: number): void {
    if (offset < this.floor) {
      throw new CrimgError(
        "usage",
        `this input can only be read forward: at 0x${this.floor.toString(16)} already`,
        {
          offset,
        },
      );
    }
    this.floor = offset;
    if (this.kept.some(({ at, used }) => at + used <= offset)) {
      this.kept = this.kept.filter(({ at, used }) => at + used > offset);
    }
  }

  wants(end: number): boolean {
    return !this.ended && this.end < end;
  }

  push(chunk: Uint8Array): void {
    const skip = Math.min(Math.max(this.floor - this.end, 0), chunk.length);
    if (skip < chunk.length) this.keep(this.end + skip, chunk.subarray(skip));
    this.end += chunk.length;
  }

  /** Copied, since the chunk's buffer may be used again; into blocks, since chunks may be of a byte each. */
  private keep(at: number, chunk: Uint8Array): void {
    let block = this.kept.at(-1);
    if (
      block === undefined ||
      block.at + block.used !== at ||
      block.used + chunk.length > block.bytes.length
    ) {
      block = { at, bytes: new Uint8Array(Math.max(BLOCK, chunk.length)), used: 0 };
      this.kept.push(block);
    }
    block.bytes.set(chunk, block.used);
    block.used += chunk.length;
  }

  take(offset: number, length: number): Uint8Array {
    const result = new Uint8Array(Math.max(0, Math.min(length, this.end - offset)));
    for (const { at, bytes, used } of this.kept) {
      const from = Math.max(offset - at, 0);
      const to = Math.min(offset + result.length - at, used);
      if (from < to) result.set(bytes.subarray(from, to), at + from - offset);
    }
    return result;
  }
}
