import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";

const src = new URL("../../src/", import.meta.url);

interface Import {
  /** As it stands in the source. */
  readonly specifier: string;
  readonly dynamic: boolean;
  /** Path below src for a relative import; undefined for a package. */
  readonly file: string | undefined;
}

/** The imports of a source text, of types too: `import`, `export ... from`, `import()` and `require()`. */
function importsOf(path: string, text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const patterns = [
    { dynamic: false, pattern: /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm },
    { dynamic: false, pattern: /^\s*import\s*["']([^"']+)["']/gm },
    { dynamic: true, pattern: /\b(?:import|require)\s*\(\s*["'`]([^"'`]+)["'`]/g },
  ];
  return patterns.flatMap(({ dynamic, pattern }) =>
    [...code.matchAll(pattern)].map(([, specifier]) => ({
      specifier: specifier!,
      dynamic,
      file: specifier!.startsWith(".")
        ? posix.join(posix.dirname(path), specifier!).replace(/\.js$/, ".ts")
        : undefined,
    })),
  );
}

const sources = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map(path => path.replaceAll("\\", "/"))
  .filter(path => path.endsWith(".ts"))
  .sort()
  .map(path => ({ path, imports: importsOf(path, readFileSync(new URL(path, src), "utf8")) }));
const edges = sources.flatMap(({ path, imports }) => imports.map(found => ({ path, ...found })));

/**
 * The storeys of the house, from below; what stands on one is told by the longest path that fits. A file imports from
 * its own room and from lower storeys. The engines know formats by the plug alone (formats/format.ts), and the formats
 * may use the engines; what several formats share (linux, x86) knows none of them.
 */
const storeys: readonly (readonly string[])[] = [
  ["errors.ts", "finding.ts"],
  ["codec"],
  ["source", "formats/linux", "formats/x86"],
  ["stream"],
  ["model"],
  ["formats/convert-piece.ts"],
  ["formats/verify-facet.ts", "formats/convert-facet.ts", "formats/commands.ts"],
  ["formats/format.ts"],
  ["dump", "verify", "convert", "lines"],
  ["formats"],
  ["formats/registry.ts"],
  ["image.ts"],
  ["open-image.ts", "library.ts"],
  ["cli"],
];
const rooms = storeys.flat();
/** `src/cli/main.ts` is of `cli`, `src/formats/cr/tables.ts` of `formats`. */
const partOf = (path: string) =>
  rooms
    .filter(room => path === room || path.startsWith(`${room}/`))
    .reduce((longest, room) => (room.length > longest.length ? room : longest), "");
const storeyOf = (path: string) => storeys.findIndex(storey => storey.includes(partOf(path)));

const fileSource = "source/file-source.ts";
/** Sources below cli that may load the file source, and only by `await import()`. */
const loadersOfFileSource = ["open-image.ts"];
const isNodeModule = (specifier: string) =>
  specifier.startsWith("node:") || builtinModules.includes(specifier.split("/")[0]!);
/** `dist/parser.js` of package `@a/b` is of `@a/b`. */
const packageOf = (specifier: string) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const told = ({ path, specifier }: { path: string; specifier: string }) => `${path} imports ${specifier}`;

describe("imports are found", () => {
  test.each([
    ['import { a } from "./a.js";', "./a.js", false],
    ['import type {\n  A,\n  B,\n} from "../codec/a.js";', "../codec/a.js", false],
    ['import "node:fs";', "node:fs", false],
    ['export * from "./a.js";', "./a.js", false],
    ['export { a } from "./a.js";', "./a.js", false],
    ['const { open } = await import("./file-source.js");', "./file-source.js", true],
    ['type A = import("./a.js").A;', "./a.js", true],
  ])("%s", (text, specifier, dynamic) => {
    expect(importsOf("image/b.ts", text)).toEqual([expect.objectContaining({ specifier, dynamic })]);
  });

  test("but not in comments", () => {
    expect(importsOf("b.ts", '/** import { a } from "fs"; */\n// import("fs")\nconst a = 1;')).toEqual([]);
  });

  test("in the sources: each part that is built, and no relative import of a file that is missing", () => {
    expect(sources.map(({ path }) => partOf(path))).toEqual(
      expect.arrayContaining(["codec", "stream", "formats"]),
    );
    expect(edges.length).toBeGreaterThan(sources.length / 2);
    const files = new Set(sources.map(({ path }) => path));
    expect(edges.filter(({ file }) => file !== undefined && !files.has(file)).map(told)).toEqual([]);
  });
});

describe("imports run downward only", () => {
  test("every source stands on a known storey", () => {
    expect(
      sources.map(({ path }) => path).filter(path => path !== "index.ts" && partOf(path) === ""),
    ).toEqual([]);
  });

  test("and uses only what stands below it", () => {
    const upward = edges.filter(({ path, file }) => {
      if (file === undefined || path === "index.ts" || partOf(file) === partOf(path)) return false;
      // index.ts has no storey: nothing below it imports it, see the next test.
      return file !== "index.ts" && !(storeyOf(file) < storeyOf(path));
    });
    expect(upward.map(told)).toEqual([]);
  });

  test("no file imports itself by way of others, its types included", () => {
    const importedBy = new Map(sources.map(({ path, imports }) => [path, imports.map(({ file }) => file)]));
    const reaches = (from: string, wanted: string, seen = new Set<string>()): boolean =>
      (importedBy.get(from) ?? []).some(file => {
        if (file === wanted) return true;
        if (file === undefined || seen.has(file)) return false;
        seen.add(file);
        return reaches(file, wanted, seen);
      });
    expect([...importedBy.keys()].filter(path => reaches(path, path))).toEqual([]);
  });

  test("nothing imports index.ts, and index.ts nothing of cli", () => {
    expect(edges.filter(({ file }) => file === "index.ts").map(told)).toEqual([]);
    const ofIndex = edges.filter(({ path, file }) => path === "index.ts" && file !== undefined);
    expect(ofIndex.filter(({ file }) => partOf(file!) === "cli").map(told)).toEqual([]);
  });
});

describe("the library runs in a browser", () => {
  test("node's own modules are for the command line and the file source", () => {
    const offenders = edges.filter(
      ({ path, specifier }) => isNodeModule(specifier) && partOf(path) !== "cli" && path !== fileSource,
    );
    expect(offenders.map(told)).toEqual([]);
  });

  test("the file source is imported by the command line, and by open-image.ts only when it is asked for", () => {
    const importers = edges.filter(({ file }) => file === fileSource);
    const offenders = importers.filter(
      ({ path, dynamic }) => partOf(path) !== "cli" && !(loadersOfFileSource.includes(path) && dynamic),
    );
    expect(offenders.map(told)).toEqual([]);
  });
});

describe("each package is used in one place", () => {
  const users = (name: string) =>
    edges
      .filter(({ file, specifier }) => file === undefined && packageOf(specifier) === name)
      .map(({ path }) => path);

  test.each(["chalk", "cli-progress", "yargs"])("%s in cli", name => {
    expect(users(name).filter(path => partOf(path) !== "cli")).toEqual([]);
  });

  test("binary-parser in codec/binary-parser.ts, and in the declaration of its types", () => {
    const homes = ["codec/binary-parser.ts", "codec/binary-parser-shim.d.ts"];
    expect(users("binary-parser")).toContain("codec/binary-parser.ts");
    expect(users("binary-parser").filter(path => !homes.includes(path))).toEqual([]);
  });

  test("ajv in lines/line-check.ts, and loaded only when lines are read", () => {
    const imports = edges.filter(({ specifier }) => packageOf(specifier) === "ajv");
    expect(imports.map(({ path, dynamic }) => ({ path, dynamic }))).toEqual([
      { path: "lines/line-check.ts", dynamic: true },
    ]);
  });

  test("no other package at all", () => {
    const packages = edges.filter(({ file, specifier }) => file === undefined && !isNodeModule(specifier));
    const known = ["ajv", "binary-parser", "chalk", "cli-progress", "yargs"];
    expect(packages.filter(({ specifier }) => !known.includes(packageOf(specifier))).map(told)).toEqual([]);
  });
});
