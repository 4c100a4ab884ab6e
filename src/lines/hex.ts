import { CrimgError } from "../errors.js";

const digits = new TextEncoder().encode("0123456789abcdef");
const ofUtf8 = new TextDecoder();
let codes = new Uint8Array(0);

/** What `hexOf` says, of long stretches: a string that grows by two digits at a time takes forty times its length. */
export function hexOfMany(bytes: Uint8Array): string {
  if (codes.length < 2 * bytes.length) codes = new Uint8Array(2 * bytes.length);
  let at = 0;
  for (const byte of bytes) {
    codes[at++] = digits[byte >> 4]!;
    codes[at++] = digits[byte & 15]!;
  }
  return ofUtf8.decode(codes.subarray(0, at));
}

/** The bytes of hex digits, two each, in small letters: the inverse of `hexOf`. Throws `malformed` for anything else. */
export function bytesOfHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (digit(text, 2 * i) << 4) | digit(text, 2 * i + 1);
  }
  if (text.length % 2 !== 0) throw new CrimgError("malformed", "a hex digit is missing: two make a byte");
  return bytes;
}

function digit(text: string, i: number): number {
  const code = text.charCodeAt(i);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  throw new CrimgError("malformed", `character ${i + 1} of the hex is ${JSON.stringify(text[i])}`);
}
