/** Bytes that are compared at once. */
const zeros = Buffer.alloc(128 * 1024);
/** Fewer bytes than this make no hole in any file system. */
const LEAST = 4096;

/** True for zeros that a file need not hold: where nothing is written to it, it reads the same, and takes no room. */
export function isHole(bytes: Uint8Array): boolean {
  if (bytes.length < LEAST) return false;
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length);
    if (zeros.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}
