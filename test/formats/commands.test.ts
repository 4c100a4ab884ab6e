import { expect, test } from "vitest";
import { formats } from "../../src/formats/registry.js";

test("no two formats declare an option of one name", () => {
  const options = formats.flatMap(({ commands }) => commands?.convert?.options ?? []);
  const flags = options.map(({ flag }) => flag);
  expect(flags.length).toBeGreaterThan(5);
  expect([...new Set(flags)]).toEqual(flags);
});
