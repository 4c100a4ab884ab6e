import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formats } from "../../src/formats/registry.js";

const src = new URL("../../src/", import.meta.url);

/** What formats call their records and raw blocks. */
const names = new Set(
  formats
    .flatMap(({ dialects }) => dialects)
    .flatMap(({ types, automaton }) => [
      ...Object.keys(types),
      ...automaton.places.flatMap(({ raw }) => raw.map(({ name }) => name)),
    ]),
);
/** Words of the model, which a format may use as well. */
const ofTheModel = ["pages", "tls", "ldt", "buffer"];

/** The strings of a source text, without what stands in comments. */
function stringsOf(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/g)].map(([, a, b]) => a ?? b ?? "");
}

/** The records that a string names, as a whole (`VMA`, `VMA.vm_start`) or among other words; blocks only as a whole. */
function namesIn(string: string): string[] {
  const [, whole] = /^([A-Za-z_]+)(?:\.[a-z_]+)?$/.exec(string) ?? [];
  const words = string.match(/\b[A-Z][A-Z_]+\b/g) ?? [];
  return [...words, ...(whole === undefined ? [] : [whole])].filter(name => names.has(name));
}

test("there are names to look for", () => {
  expect(names.size).toBeGreaterThan(15);
  expect(stringsOf('const a = "VMA";\n// "TASK"\nconst b = \'FNAME\';')).toEqual(["VMA", "FNAME"]);
  expect(["VMA.vm_end", "pids", "close it with a TAIL", "the pids of it"].map(namesIn)).toEqual([
    ["VMA", "VMA"],
    ["pids"],
    ["TAIL"],
    [],
  ]);
});

test("no record and no raw block of a format is named outside of src/formats", () => {
  const outside = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    path => path.endsWith(".ts") && !path.startsWith("formats/"),
  );
  expect(outside.length).toBeGreaterThan(50);
  const offenders = outside.flatMap(path =>
    stringsOf(readFileSync(new URL(path, src), "utf8"))
      .filter(string => namesIn(string).some(name => !ofTheModel.includes(name)))
      .map(string => `${path}: "${string}"`),
  );
  expect(offenders).toEqual([]);
});
