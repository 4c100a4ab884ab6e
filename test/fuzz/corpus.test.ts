import { expect, test } from "vitest";
import { corpus } from "./corpus.js";
import { failureOf } from "./failure.js";

// What a case costs is for `npm run fuzz` to judge, in a process of its own. Here it must come to an end, and well.
test.each(corpus())("what failed once as $name does not fail again", async ({ target, given }) => {
  expect((await failureOf(target, given))?.text).toBeUndefined();
});
