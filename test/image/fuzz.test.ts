import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shareOf } from "../share.js";
import { expectSoundWalk } from "./any-input.js";
import { mutated, mutation } from "./mutation.js";
import { samples } from "./samples.js";
import { seeded } from "./seeded.js";
import { concat } from "./splice.js";

/** Printed with a failure, too; set CRIMG_SEED to try another. */
const seed = Number(process.env["CRIMG_SEED"] ?? 20081109);
const runs = Number(process.env["CRIMG_RUNS"] ?? shareOf(300, 3));
// The large ones only cost time: what they have more of is pages.
const small = samples.filter(({ bytes }) => bytes.length < 50_000);

describe(`With seed ${seed},`, () => {
  it(`${runs} samples damaged in up to 5 ways are tiled or refused, and chunks change nothing`, () => {
    const starts = fc.constantFrom(...small);
    fc.assert(
      fc.property(starts, fc.array(mutation, { minLength: 1, maxLength: 5 }), ({ name, bytes }, changes) => {
        const input = changes.reduce(mutated, bytes);
        expectSoundWalk(input, name);
      }),
      { seed, numRuns: runs },
    );
  }, 60_000);

  it(`${runs} times one number at the edge of its range in any sample`, () => {
    const numbers = mutation.filter(({ kind }) => kind === "number");
    fc.assert(
      fc.property(fc.constantFrom(...samples), numbers, ({ name, bytes }, change) => {
        const walked = expectSoundWalk(mutated(bytes, change), name);
        expect(walked.items.length).toBeLessThanOrEqual(bytes.length / 4);
      }),
      { seed, numRuns: runs },
    );
  }, 60_000);

  it("damaged images around stretches of garbage, longer than what is read at once", () => {
    const below = seeded(seed);
    const garbage = Uint8Array.from({ length: 600_000 }, () => below(256));
    fc.assert(
      fc.property(
        fc.constantFrom(...small),
        fc.array(mutation, { maxLength: 2 }),
        fc.nat(garbage.length),
        fc.nat(garbage.length),
        fc.constantFrom(...small),
        ({ name, bytes }, changes, before, between, other) => {
          const first = changes.reduce(mutated, bytes);
          const parts = [garbage.subarray(0, before), first, garbage.subarray(between), other.bytes];
          expectSoundWalk(concat(...parts), name);
        },
      ),
      { seed, numRuns: Math.ceil(runs / 10) },
    );
  }, 60_000);
});
