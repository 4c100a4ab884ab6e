import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("what commands work with is not loaded to say --version or --help", () => {
  const main = readFileSync(new URL("../../dist/bin/main.js", import.meta.url), "utf8");
  const imports = [...main.matchAll(/\bfrom\s*"(\.\/[^"]+)"/g)].map(([, file]) => file);
  expect(imports.sort()).toEqual(["./base.js", "./rolldown-runtime.js"]);
});

// An import of node:process opens the standard streams, after which stdin no longer waits: 300 MB from a pipe took 10 s.
test("nothing in the bundle imports node:process", () => {
  const folder = new URL("../../dist/bin/", import.meta.url);
  const files = readdirSync(folder).filter(name => name.endsWith(".js"));
  expect(files.length).toBeGreaterThan(3);
  const importers = files.filter(name =>
    /["'](?:node:)?process["']/.test(readFileSync(new URL(name, folder), "utf8")),
  );
  expect(importers).toEqual([]);
});
