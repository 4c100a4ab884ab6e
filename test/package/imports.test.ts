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

/** The storey of the house a file stands on; a file imports from its own folder and from lower storeys. */
const storeys: Record<string, number> = {
  "errors.ts": 0,
  codec: 1,
  format: 2,
  image: 3,
  "open-image.ts": 4,
  dump: 4,
  verify: 4,
  convert: 4,
  cli: 5,
};
/** `src/cli/main.ts` is of `cli`, `src/errors.ts` of `errors.ts`. */
const partOf = (path: string) => path.split("/")[0]!;

const fileSource = "image/file-source.ts";
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
      expect.arrayContaining(["codec", "format", "image"]),
    );
    expect(edges.length).toBeGreaterThan(sources.length / 2);
    const files = new Set(sources.map(({ path }) => path));
    expect(edges.filter(({ file }) => file !== undefined && !files.has(file)).map(told)).toEqual([]);
  });
});

describe("imports run downward only", () => {
  test("every source stands on a known storey", () => {
    const known = [...Object.keys(storeys), "index.ts"];
    expect(sources.map(({ path }) => path).filter(path => !known.includes(partOf(path)))).toEqual([]);
  });

  test("cli > dump, verify, convert > image > format > codec > errors.ts", () => {
    const upward = edges.filter(({ path, file }) => {
      if (file === undefined || path === "index.ts" || partOf(file) === partOf(path)) return false;
      // index.ts has no storey: nothing below it imports it, see the next test.
      return file !== "index.ts" && !(storeys[partOf(file)]! < storeys[partOf(path)]!);
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

  test("ajv in convert/lines/line-check.ts, and loaded only when lines are read", () => {
    const imports = edges.filter(({ specifier }) => packageOf(specifier) === "ajv");
    expect(imports.map(({ path, dynamic }) => ({ path, dynamic }))).toEqual([
      { path: "convert/lines/line-check.ts", dynamic: true },
    ]);
  });

  test("no other package at all", () => {
    const packages = edges.filter(({ file, specifier }) => file === undefined && !isNodeModule(specifier));
    const known = ["ajv", "binary-parser", "chalk", "cli-progress", "yargs"];
    expect(packages.filter(({ specifier }) => !known.includes(packageOf(specifier))).map(told)).toEqual([]);
  });
});
