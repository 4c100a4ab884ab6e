import { expect, test } from "vitest";
import { takesAll } from "../share.js";
import { corpus } from "./corpus.js";
import { failureOf } from "./failure.js";

// Those of `bounds` have been found for what they cost, and take the longest.
const cases = takesAll ? corpus() : corpus().filter(({ target }) => target.name !== "bounds");

// What a case costs is for `npm run fuzz` to judge, in a process of its own. Here it must come to an end, and well.
test.each(cases)("what failed once as $name does not fail again", async ({ target, given }) => {
  expect((await failureOf(target, given))?.text).toBeUndefined();
});
