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

/** The record or block that a string names: `VMA`, or `VMA.vm_start`. */
const nameIn = (string: string) => /^([A-Za-z_]+)(?:\.[a-z_]+)?$/.exec(string)?.[1];

test("there are names to look for", () => {
  expect(names.size).toBeGreaterThan(15);
  expect(stringsOf('const a = "VMA";\n// "TASK"\nconst b = \'FNAME\';')).toEqual(["VMA", "FNAME"]);
});

test("no record and no raw block of a format is named outside of src/formats", () => {
  const outside = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    path => path.endsWith(".ts") && !path.startsWith("formats/"),
  );
  expect(outside.length).toBeGreaterThan(50);
  const offenders = outside.flatMap(path =>
    stringsOf(readFileSync(new URL(path, src), "utf8"))
      .filter(string => names.has(nameIn(string) ?? "") && !ofTheModel.includes(string))
      .map(string => `${path}: "${string}"`),
  );
  expect(offenders).toEqual([]);
});
