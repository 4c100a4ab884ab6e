import { ftruncateSync } from "node:fs";
import { writeAll } from "./write-all.js";
import { attempt } from "./write-error.js";

/** Zeros that bytes are compared with at once. */
const zeros = Buffer.alloc(128 * 1024);
/** Fewer bytes than this make no hole in any file system. */
const LEAST = 4096;

/** True for zeros that a sparse file need not hold: where nothing is written to it, it reads the same, and takes no room. */
export function canBeSparse(bytes: Uint8Array): boolean {
  if (bytes.length < LEAST) return false;
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length);
    if (zeros.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}

/** Writes a new file. */
export interface SparseWriter {
  write(bytes: Uint8Array): void;
  /** Gives the file its length, which it does not have if it ends in zeros. */
  end(): void;
}

/** Leaves out of a new file the zeros that it need not hold; `path` is what errors call it. */
export function sparseWriter(fd: number, path: string): SparseWriter {
  let length = 0;
  return {
    write(bytes) {
      if (!canBeSparse(bytes)) writeAll(fd, bytes, path, length);
      length += bytes.length;
    },
    end: () => attempt(path, () => ftruncateSync(fd, length)),
  };
}
