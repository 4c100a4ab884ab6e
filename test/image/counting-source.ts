import { bytesSource, type SyncSource } from "../../src/source/source.js";

/** A source, and what was read of it. */
export interface CountingSource {
  readonly source: SyncSource;
  /** Bytes handed out in all, again and again counted. */
  bytesRead(): number;
  largestRead(): number;
}

/** Proves what was not read. */
export function countingSource(of: Uint8Array | SyncSource): CountingSource {
  const inner = of instanceof Uint8Array ? bytesSource(of) : of;
  let sum = 0;
  let largest = 0;
  return {
    source: {
      ...inner,
      read(offset, length) {
        const found = inner.read(offset, length);
        sum += found.length;
        largest = Math.max(largest, found.length);
        return found;
      },
    },
    bytesRead: () => sum,
    largestRead: () => largest,
  };
}
