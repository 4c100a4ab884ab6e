import { CrimgError } from "../errors.js";

/**
 * Text of an image, exact in both directions. The kernel writes bytes and promises no encoding: valid UTF-8 becomes
 * its characters, every byte that is not becomes a lone surrogate U+DC80..U+DCFF (Python's `surrogateescape`), which
 * valid UTF-8 can never yield.
 */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const toUtf8 = new TextEncoder();

/** The characters of `bytes`, NULs and all. */
export function decodeText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return decodeMixed(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The bytes of `text`: the inverse of `decodeText`. Throws `out-of-range` for a lone surrogate that stands for no byte. */
export function encodeText(text: string): Uint8Array {
  if (!/[\ud800-\udfff]/.test(text)) return toUtf8.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else if (code >= 0xd800 && code <= 0xdfff) {
      throw new CrimgError("out-of-range", `a lone surrogate \\u${code.toString(16)} stands for no byte`);
    } else bytes.push(...toUtf8.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** `text` up to its first NUL, and what stands after it (left over from an earlier use of the buffer) without the NULs at its end. */
export function splitAtNul(text: string): { text: string; rest: string } {
  const nul = text.indexOf("\0");
  if (nul < 0) return { text, rest: "" };
  return { text: text.slice(0, nul), rest: trimNuls(text.slice(nul + 1)) };
}

/** `text` without the NULs at its end. */
export function trimNuls(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return end === text.length ? text : text.slice(0, end);
}

function decodeMixed(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const size = sequenceSize(bytes[i]!);
    const end = i + size;
    const character = size > 0 && end <= bytes.length ? decodeStrict(bytes.subarray(i, end)) : undefined;
    text += character ?? String.fromCharCode(0xdc00 + bytes[i]!);
    i = character === undefined ? i + 1 : end;
  }
  return text;
}

function sequenceSize(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

function decodeStrict(sequence: Uint8Array): string | undefined {
  try {
    return utf8.decode(sequence);
  } catch {
    return undefined;
  }
}
