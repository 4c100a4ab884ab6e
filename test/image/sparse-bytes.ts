import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { SyncSource } from "../../src/source/source.js";

/** Bytes, and holes of so many zeros between them. However long those are, they take no room. */
export type SparseBytes = readonly (Uint8Array | number)[];

const lengthOf = (part: Uint8Array | number) => (typeof part === "number" ? part : part.length);

/** How many bytes there are, with the holes. */
export function sparseLength(bytes: SparseBytes): number {
  return bytes.reduce<number>((sum, part) => sum + lengthOf(part), 0);
}

/** Writes a new file of them. */
export function writeSparse(path: string, bytes: SparseBytes): void {
  const fd = openSync(path, "wx");
  let offset = 0;
  for (const part of bytes) {
    if (typeof part !== "number") writeSync(fd, part, 0, part.length, offset);
    offset += lengthOf(part);
  }
  ftruncateSync(fd, offset);
  closeSync(fd);
}

/** Reads them from no file. A read inside a hole costs nothing: it gives the same zeros each time. */
export function sparseSource(bytes: SparseBytes): SyncSource {
  let end = 0;
  const parts = bytes.map(part => {
    const offset = end;
    end += lengthOf(part);
    return { part, offset, end };
  });
  let zeros = new Uint8Array(0);
  return {
    size: end,
    seekable: true,
    read(offset, wanted) {
      const stop = Math.min(offset + wanted, end);
      const length = Math.max(0, stop - offset);
      if (zeros.length < length) zeros = new Uint8Array(length);
      const met = parts.filter(part => part.end > offset && part.offset < stop);
      if (met.every(({ part }) => typeof part === "number")) return zeros.subarray(0, length);
      const read = new Uint8Array(length);
      for (const { part, offset: at } of met) {
        if (typeof part === "number") continue;
        const from = Math.max(0, offset - at);
        read.set(part.subarray(from, stop - at), at + from - offset);
      }
      return read;
    },
  };
}
