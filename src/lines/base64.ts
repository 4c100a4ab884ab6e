import { CrimgError } from "../errors.js";

/** Base64 (RFC 4648, padded) of bytes, and back. Browsers and node 20 have no common one that is fast and strict. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = 0x3d;
const toUtf8 = new TextEncoder();
const ofUtf8 = new TextDecoder();
const digits = toUtf8.encode(ALPHABET);
/** Of no digit: a bit that no value has. */
const NONE = 64;
const values = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = digits.indexOf(code);
  return value < 0 ? NONE : value;
});

/** One character a byte. The same for all: page contents are gigabytes, and each line's would be new to the heap. */
let codes = new Uint8Array(0);

export function toBase64(bytes: Uint8Array): string {
  const { length } = bytes;
  const text = codesFor(Math.ceil(length / 3) * 4);
  let at = 0;
  for (let i = 0; i < length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[at++] = digits[group >> 18]!;
    text[at++] = digits[(group >> 12) & 63]!;
    text[at++] = digits[(group >> 6) & 63]!;
    text[at++] = digits[group & 63]!;
  }
  return ofUtf8.decode(text.fill(PADDING, text.length - ((3 - (length % 3)) % 3)));
}

/** The bytes are good until the next call. Throws `malformed` for anything that `toBase64` would not have written. */
export function fromBase64(text: string): Uint8Array {
  const { length } = text;
  if (length % 4 !== 0) {
    throw new CrimgError("malformed", `base64 comes in groups of 4 characters, ${length} are there`);
  }
  const padding = paddingOf(text);
  const bytes = codesFor(length);
  const { read, written } = toUtf8.encodeInto(text, bytes);
  if (read !== length || written !== length) throw strangerIn(text);
  bytes.fill(digits[0]!, length - padding);
  // Three bytes are written where four characters have been read.
  let at = 0;
  let group = 0;
  let all = 0;
  for (let i = 0; i < length; i += 4) {
    const a = values[bytes[i]!]!;
    const b = values[bytes[i + 1]!]!;
    const c = values[bytes[i + 2]!]!;
    const d = values[bytes[i + 3]!]!;
    all |= a | b | c | d;
    group = (a << 18) | (b << 12) | (c << 6) | d;
    bytes[at++] = group >> 16;
    bytes[at++] = group >> 8;
    bytes[at++] = group;
  }
  if (all >= NONE) throw strangerIn(text);
  if (padding > 0 && group & (padding === 2 ? 0xffff : 0xff)) {
    throw new CrimgError("malformed", "the last group of the base64 has bits that belong to no byte");
  }
  return bytes.subarray(0, at - padding);
}

/** Bytes that base64 stands for. */
export function base64Length(text: string): number {
  return Math.floor(text.length / 4) * 3 - paddingOf(text);
}

function paddingOf(text: string): number {
  return text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
}

function codesFor(length: number): Uint8Array {
  if (codes.length < length) codes = new Uint8Array(length);
  return codes.subarray(0, length);
}

function strangerIn(text: string): CrimgError {
  const at = text.search(/[^A-Za-z0-9+/]/);
  return new CrimgError("malformed", `character ${at + 1} of the base64 is ${JSON.stringify(text[at])}`);
}
