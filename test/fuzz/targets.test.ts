import { expect, test } from "vitest";
import { caseOf } from "./cases.js";
import { failureOf } from "./failure.js";
import { targets } from "./targets.js";

const seed = Number(process.env["CRIMG_SEED"] ?? 20081204);
/** So few that they take some seconds; `npm run fuzz` makes as many as there is time for. */
const CASES = 12;

test.each(targets)(`$property ($name, the first ${CASES} cases of seed ${seed})`, async target => {
  for (let index = 0; index < CASES; index++) {
    const failure = await failureOf(target, caseOf(target, seed, index));
    expect(failure?.text, `case ${index}`).toBeUndefined();
  }
});
