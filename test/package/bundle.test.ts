import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("what commands work with is not loaded to say --version or --help", () => {
  const main = readFileSync(new URL("../../dist/bin/main.js", import.meta.url), "utf8");
  const imports = [...main.matchAll(/\bfrom\s*"(\.\/[^"]+)"/g)].map(([, file]) => file);
  expect(imports.sort()).toEqual(["./base.js", "./rolldown-runtime.js"]);
});
