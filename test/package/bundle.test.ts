import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../../dist/bin/", import.meta.url);
const files = readdirSync(folder).filter(name => name.endsWith(".js"));
const textOf = (name: string) => readFileSync(new URL(name, folder), "utf8");

/** The files of the bundle that are loaded before this one runs. */
function loadedBy(name: string): string[] {
  const imports = [...textOf(name).matchAll(/\bfrom\s*"\.\/([^"]+)"/g)].map(([, file]) => file!);
  return [...new Set(imports)].sort();
}

test("what commands work with is not loaded to say --version or --help", () => {
  expect(loadedBy("main.js")).toEqual(["base.js", "rolldown-runtime.js"]);
  expect(loadedBy("base.js")).toEqual(["rolldown-runtime.js"]);
  // The names of a record and of a rule: neither records nor rules are in either file.
  for (const name of ["main.js", "base.js"]) expect(textOf(name)).not.toMatch(/MM_CONTEXT|vma-overlap/);
});

test.each(["dump.js", "verify.js", "convert.js"])("%s loads none of the others", name => {
  expect(loadedBy(name)).toEqual(["base.js", "image.js", "rolldown-runtime.js"]);
});

// An import of node:process opens the standard streams, after which stdin no longer waits: 300 MB from a pipe took 10 s.
test("nothing in the bundle imports node:process", () => {
  expect(files.length).toBeGreaterThan(3);
  const importers = files.filter(name => /["'](?:node:)?process["']/.test(textOf(name)));
  expect(importers).toEqual([]);
});
