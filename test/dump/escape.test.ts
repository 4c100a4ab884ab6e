import { describe, expect, test } from "vitest";
import { decodeText } from "../../src/codec/text.js";
import { escapeText } from "../../src/index.js";

describe("text is shown so that a terminal acts upon none of it", () => {
  test.each([
    ["plain ASCII stays", "/bin/ckpt (deleted) ~!@", "/bin/ckpt (deleted) ~!@"],
    ["so do letters and signs of any script", "naïve 日本 😀 ×", "naïve 日本 😀 ×"],
    ["ESC", "\x1b[31mred", "\\x1b[31mred"],
    ["newline, return and tab", "a\nb\rc\td", "a\\nb\\rc\\td"],
    ["BEL and backspace", "\x07\b", "\\x07\\x08"],
    ["NUL", "ckpt\0er", "ckpt\\0er"],
    ["DEL and the controls behind it", "\x7f\x80\x9b", "\\x7f\\u{80}\\u{9b}"],
    ["the backslash itself, or an escape could be faked", "\\x1b", "\\\\x1b"],
    ["a bidi control", "a\u202eb", "a\\u{202e}b"],
    ["bidi isolates", "\u2066\u2069", "\\u{2066}\\u{2069}"],
    ["marks that do not show", "\u200b\u200f\u061c\ufeff", "\\u{200b}\\u{200f}\\u{61c}\\u{feff}"],
    ["line and paragraph separators", "\u2028\u2029", "\\u{2028}\\u{2029}"],
    ["half a surrogate pair", "\ud83d", "\\u{d83d}"],
    ["nothing", "", ""],
  ])("%s", (_, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  test("bytes that are no UTF-8 are shown as those bytes", () => {
    expect(escapeText(decodeText(Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0x80)))).toBe("a\\xff\\xc3(\\x80");
  });

  test("of all characters below U+3000 none that acts is left", () => {
    for (let code = 0; code < 0x3000; code++) {
      const shown = escapeText(String.fromCodePoint(code));
      expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_C}\p{Zl}\p{Zp}]/u);
    }
  });
});
