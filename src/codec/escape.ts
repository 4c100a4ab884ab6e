/**
 * Text from an image, made safe for a terminal: control characters, bidi controls, bytes that were not UTF-8 and the
 * backslash itself become escapes, so that what is printed is what is there and nothing is acted upon.
 */
export function escapeText(text: string): string {
  return text.replace(dangerous, character => {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
    return (
      short[character] ??
      (code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`)
    );
  });
}

const dangerous =
  /[\x00-\x1f\x7f-\x9f\\\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const short: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "\0": "\\0" };
