import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFault } from "../../src/lines/json-fault.js";

describe("where JSON is wrong, and why:", () => {
  it.each<[string, number, string]>([
    ["", 1, "expected a value, found the end"],
    ["{", 2, "expected a name or }, found the end"],
    ["[1", 3, "expected a comma or ], found the end"],
    ["nope", 1, "expected a value, found n"],
    ["{a:1}", 2, "expected a name or }, found a"],
    ['{"a":1 "b":2}', 8, 'expected a comma or }, found "'],
    ['{"a":1,}', 8, "expected a name, found }"],
    ["[1,]", 4, "expected a value, found ]"],
    ["[01]", 3, "expected a comma or ], found 1"],
    ["1 2", 3, "expected the end, found 2"],
    ["{} {}", 4, "expected the end, found {"],
    ['"\t"', 2, "a control character stands in a string; \\u and four digits write it"],
    ['"\\x41"', 2, "a backslash in a string begins no escape"],
    ['"\\u12g4"', 2, "a backslash in a string begins no escape"],
    ['"abc', 5, "the string has no end"],
    ['{"a":{"b":1},"a":2}', 14, '"a" is there twice'],
    ['{"a":1,"\\u0061":2}', 8, '"a" is there twice'],
  ])("%s", (text, column, message) => {
    expect(jsonFault(text)).toEqual({ column, message });
  });

  it("it finds nothing in JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
        expect(jsonFault(JSON.stringify(value, undefined, indent))).toBeUndefined();
      }),
    );
  });

  it("and something in everything that JSON.parse refuses", () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'{}[]",:\\ntfe01.-u \t') }),
      fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 })).map(([json, at, put]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + put + json.slice(place + 1);
      }),
    );
    fc.assert(
      fc.property(text, candidate => {
        if (isRefused(candidate)) expect(jsonFault(candidate)).toBeDefined();
      }),
      { numRuns: 3000 },
    );
  });

  function isRefused(text: string): boolean {
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  }
});
