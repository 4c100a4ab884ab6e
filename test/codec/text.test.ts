import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText, encodeText, splitAtNul, trimNuls } from "../../src/codec/text.js";
import { bytesOfHex } from "./bytes-of-hex.js";

const exact = (hex: string, text: string) => {
  expect(decodeText(bytesOfHex(hex))).toBe(text);
  expect(encodeText(text)).toEqual(bytesOfHex(hex));
};

describe("text of an image", () => {
  test("ASCII and valid UTF-8 are their characters", () => {
    exact("2f 74 2f 69 6e", "/t/in");
    exact("c3 a9 e2 82 ac f0 9f 90 a7", "é€🐧");
  });

  test("NULs are characters", () => exact("00 61 00", "\0a\0"));

  test("a byte order mark is kept", () => exact("ef bb bf 61", "\ufeffa"));

  test("a byte that is not UTF-8 is a lone surrogate U+DC80..U+DCFF", () => {
    exact("ff", "\udcff");
    exact("80 62 bf", "\udc80b\udcbf");
  });

  test("a sequence cut short, at the end or inside, is escaped byte by byte", () => {
    exact("e2 82", "\udce2\udc82");
    exact("e2 82 41", "\udce2\udc82A");
    exact("f0 9f 90", "\udcf0\udc9f\udc90");
  });

  test("overlong forms, surrogates and code points past U+10FFFF are not UTF-8", () => {
    exact("c0 80", "\udcc0\udc80");
    exact("e0 80 80", "\udce0\udc80\udc80");
    exact("ed a0 80", "\udced\udca0\udc80");
    exact("ed b2 80", "\udced\udcb2\udc80");
    exact("f4 90 80 80", "\udcf4\udc90\udc80\udc80");
    exact("f5", "\udcf5");
  });

  test("an escaped byte next to a character outside the basic plane stays apart from it", () => {
    exact("f0 9f 90 a7 80", "🐧\udc80");
    exact("80 f0 9f 90 a7", "\udc80🐧");
  });

  test("all bytes, in any mixture, come back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        expect(encodeText(decodeText(bytes))).toEqual(bytes);
      }),
    );
  });

  test("valid UTF-8 with a few bytes damaged comes back", () => {
    const utf8 = fc.string({ unit: "grapheme", minLength: 1 }).map(s => new TextEncoder().encode(s));
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(utf8, damage, (bytes, places) => {
        for (const [at, value] of places) bytes[at % bytes.length] = value;
        expect(encodeText(decodeText(bytes))).toEqual(bytes);
      }),
    );
  });

  test("text that is well formed comes back from its bytes", () => {
    // What fast-check has for it takes a second to be made.
    const character = fc.integer({ min: 0, max: 0x10ffff }).filter(code => code < 0xd800 || code > 0xdfff);
    const wellFormed = fc.array(character).map(codes => String.fromCodePoint(...codes));
    fc.assert(
      fc.property(wellFormed, text => {
        expect(decodeText(encodeText(text))).toBe(text);
      }),
    );
  });
});

describe("what stands after a NUL", () => {
  test("is told apart from the text, without the NULs at its end", () => {
    expect(splitAtNul("ckpt\0er\0\0\0")).toEqual({ text: "ckpt", rest: "er" });
    expect(splitAtNul("ckpt\0\0\0\0")).toEqual({ text: "ckpt", rest: "" });
    expect(splitAtNul("ckpt")).toEqual({ text: "ckpt", rest: "" });
  });

  test("NULs are trimmed at the end only", () => {
    expect(trimNuls("a\0b\0\0")).toBe("a\0b");
    expect(trimNuls("\0\0")).toBe("");
    expect(trimNuls("\0a")).toBe("\0a");
  });
});
