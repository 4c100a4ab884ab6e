import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutated, mutation } from "../image/mutation.js";
import { onePerDialect, samples } from "../image/samples.js";
import { overwritten } from "../image/splice.js";
import { oneIn, shareOf } from "../share.js";
import { findingsOf } from "./judged.js";
import { reportOf } from "./report-of.js";
import { rules } from "./verifier.js";

/** The first KiB. */
const places = [...Array(1024).keys()];
const ids = new Set(rules.map(({ id }) => id));

/** Whatever the bytes: every finding is of a rule, has a place in the file, and says something. */
function expectSoundFindings(bytes: Uint8Array): void {
  for (const { rule, severity, offset, path, message } of findingsOf(bytes)) {
    const isSound =
      ids.has(rule) &&
      ["error", "warning", "note"].includes(severity) &&
      Number.isSafeInteger(offset) &&
      offset >= 0 &&
      offset <= bytes.length &&
      typeof path === "string" &&
      message !== "" &&
      !/undefined|NaN|\[object/.test(message);
    if (!isSound) expect.unreachable(JSON.stringify({ rule, severity, offset, path, message }));
  }
}

describe("any input gives findings that make sense", () => {
  it.each(onePerDialect)("$name, cut at every byte of its first KiB", ({ bytes }) => {
    for (const length of oneIn(5, places)) expectSoundFindings(bytes.slice(0, length));
  });

  it.each(onePerDialect)("$name, each byte of its first KiB flipped", ({ bytes }) => {
    for (const at of oneIn(5, places))
      expectSoundFindings(overwritten(bytes, at, Uint8Array.of(~bytes[at]!)));
  });

  it("any sample, damaged in several places", () => {
    const damage = fc.array(mutation, { minLength: 1, maxLength: 4 });
    const property = fc.property(fc.nat(samples.length - 1), damage, (which, mutations) => {
      expectSoundFindings(mutations.reduce(mutated, samples[which]!.bytes));
    });
    fc.assert(property, { numRuns: shareOf(300, 3) });
  });

  it.each([0, 0xff])("nothing but 0x%x", byte => {
    const found = findingsOf(new Uint8Array(70_000).fill(byte));
    expect(found.map(({ rule, offset }) => [rule, offset])).toEqual([["not-an-image", 0]]);
  });

  it("no image where one is asked for by its number", () => {
    const { findings, report } = reportOf(new Uint8Array(70_000), { image: 2 });
    expect(findings.map(({ rule }) => rule)).toEqual(["not-an-image"]);
    expect(report.verdict).toMatchObject({ series: "v13", returns: -22, position: 8 });
  });
});
