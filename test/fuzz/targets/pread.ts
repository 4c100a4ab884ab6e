import type { SyncSource } from "../../../src/source/source.js";

/** A file as `pread` gives it: every read brings bytes of its own. Counts what was read. */
export function preadOf(bytes: Uint8Array): SyncSource & { readonly bytesRead: number } {
  let bytesRead = 0;
  return {
    size: bytes.length,
    seekable: true,
    get bytesRead() {
      return bytesRead;
    },
    read(offset, length) {
      // Not at the start of their buffer, where a forgotten byteOffset would not show.
      const found = bytes.subarray(offset, offset + length);
      const room = new Uint8Array(found.length + 3);
      room.set(found, 3);
      bytesRead += found.length;
      return room.subarray(3);
    },
    readInto(offset, target) {
      const found = bytes.subarray(offset, offset + target.length);
      target.set(found);
      return found.length;
    },
  };
}
