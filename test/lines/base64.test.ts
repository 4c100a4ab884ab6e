import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64, toBase64 } from "../../src/lines/base64.js";
import { bytesOfHex, hexOfMany } from "../../src/lines/hex.js";

describe("base64", () => {
  it("is what others make of the same bytes, and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        const text = Buffer.from(bytes).toString("base64");
        expect(toBase64(bytes)).toBe(text);
        expect([...fromBase64(text)]).toEqual([...bytes]);
      }),
    );
  });

  it.each([
    ["A", "groups of 4"],
    ["====", 'character 1 of the base64 is "="'],
    ["A===", 'character 2 of the base64 is "="'],
    ["AA=A", 'character 3 of the base64 is "="'],
    ["AA==AAAA", 'character 3 of the base64 is "="'],
    ["AA-A", 'character 3 of the base64 is "-"'],
    ["AAA\u0141", 'character 4 of the base64 is "\u0141"'],
    ["AAA\n", 'character 4 of the base64 is "\\n"'],
    ["AB==", "bits that belong to no byte"],
    ["AAB=", "bits that belong to no byte"],
  ])("%j is none", (text, message) => {
    expect(() => fromBase64(text)).toThrow(message);
  });
});

describe("hex", () => {
  it("of bytes, and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        const text = Buffer.from(bytes).toString("hex");
        expect(hexOfMany(bytes)).toBe(text);
        expect([...bytesOfHex(text)]).toEqual([...bytes]);
      }),
    );
  });

  it.each([
    ["0", "a hex digit is missing"],
    ["0g", 'character 2 of the hex is "g"'],
    ["0A", 'character 2 of the hex is "A"'],
    ["00 0", 'character 3 of the hex is " "'],
  ])("%j is none", (text, message) => {
    expect(() => bytesOfHex(text)).toThrow(message);
  });
});
