import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { currentReadme, readmePath } from "./readme-output.js";

test("the README shows what crimg prints today (npm run readme writes it anew)", () => {
  const text = readFileSync(readmePath, "utf8");
  expect(text).toContain("<!-- output: crimg ");
  expect(currentReadme(text)).toBe(text);
});
