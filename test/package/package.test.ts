import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { projectRoot } from "../project-root.js";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as Manifest;
const folder = temporaryFolder();
const installed = join(folder, "node_modules", manifest.name);
const command = join(folder, "node_modules/.bin", manifest.name);
let packed: readonly string[] = [];

/** Runs a program in the folder of a user who has nothing of ours but the package. */
function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

beforeAll(() => {
  // Without scripts: `prepare` would build dist anew under the feet of the tests that run beside this one.
  const report = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: projectRoot,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename, files }] = JSON.parse(report) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true }));
  run("npm", "install", filename, "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts");
  copyFileSync(join(projectRoot, "samples/cr-3a/v9-tree.img"), join(folder, "app.img"));
}, 120_000);

describe("package.json", () => {
  test("says which node it needs, and is of ES modules", () => {
    expect(manifest.engines.node).toMatch(/^>=\d+\.\d+$/);
    expect(manifest.type).toBe("module");
  });

  test("runs nothing where it is installed", () => {
    const hooks = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "postprepare"];
    expect(Object.keys(manifest.scripts).filter(name => hooks.includes(name))).toEqual([]);
  });

  test("needs two packages; what the command needs is bundled with it", () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(["ajv", "binary-parser"]);
  });
});

describe("the tarball", () => {
  test("holds what `files` names, and what npm adds to any package", () => {
    const known =
      /^(bin\/crimg\.js|dist\/.+\.(js|d\.ts)|schemas\/.+\.json|man\/crimg\.1|SECURITY\.md|CHANGELOG\.md|README\.md|LICENSE|package\.json)$/;
    expect(packed.filter(path => !known.test(path))).toEqual([]);
    for (const path of [
      "package.json",
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "bin/crimg.js",
      "dist/bin/main.js",
    ]) {
      expect(packed).toContain(path);
    }
    expect(manifest.files).toEqual([
      "bin",
      "dist",
      "!dist/cli",
      "schemas/*.json",
      "man/crimg.1",
      "SECURITY.md",
      "CHANGELOG.md",
    ]);
  });

  test("holds no source, no test, no sample, and no command that is not bundled", () => {
    expect(
      packed.filter(path => /^(src|test|samples|dist\/cli)\/|\.ts$/.test(path) && !path.endsWith(".d.ts")),
    ).toEqual([]);
  });

  test("holds every schema", () => {
    const schemas = readdirSync(join(projectRoot, "schemas")).filter(name => name.endsWith(".json"));
    expect(packed.filter(path => path.startsWith("schemas/")).sort()).toEqual(
      schemas.map(name => `schemas/${name}`).sort(),
    );
  });

  test("holds each source of the library as code and as types, and nothing that has no source", () => {
    const sources = readdirSync(join(projectRoot, "src"), { recursive: true, encoding: "utf8" })
      .filter(path => path.endsWith(".ts") && !path.endsWith(".d.ts") && !path.startsWith("cli"))
      .map(path => path.replace(/\.ts$/, ""));
    const library = packed.filter(path => path.startsWith("dist/") && !path.startsWith("dist/bin/"));
    expect(library.sort()).toEqual(sources.flatMap(path => [`dist/${path}.js`, `dist/${path}.d.ts`]).sort());
  });

  test("holds every target of bin and exports", () => {
    const targets = [
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap(entry =>
        typeof entry === "string" ? [entry] : Object.values(entry),
      ),
    ].map(target => target.replace(/^\.\//, ""));
    expect(targets.length).toBeGreaterThan(3);
    for (const target of targets) {
      const pattern = target.replace("*", "dump.schema.json");
      expect(packed).toContain(pattern);
      expect(existsSync(join(installed, pattern)), pattern).toBe(true);
    }
  });
});

describe("installed in an empty folder", () => {
  test("it brings the two packages that it needs, and those that ajv needs", () => {
    const ofAjv = ["fast-deep-equal", "fast-uri", "json-schema-traverse", "require-from-string"];
    const names = readdirSync(join(folder, "node_modules")).filter(name => !name.startsWith("."));
    expect(names.sort()).toEqual(["ajv", "binary-parser", "crimg", ...ofAjv]);
  });

  test("npx crimg --version", () => {
    expect(run("npx", "--no-install", "crimg", "--version").trim()).toBe(manifest.version);
  });

  test("crimg formats", () => {
    expect(run(command, "formats").match(/^cr-\w+/gm)).toEqual(["cr-1", "cr-2", "cr-3a", "cr-3b"]);
  });

  test("crimg dump", () => {
    const tree = run(command, "dump", "app.img", "--depth", "1");
    expect(tree).toMatch(/^app\.img: 121696 bytes, dialect cr-3a /);
    expect(tree).toMatch(/^0x[0-9a-f]{8} task\[4\] childC {2}pid 166 /m);
  });

  test('a program lists the VMAs, reads memory and catches an error: import { openImage } from "crimg"', () => {
    writeFileSync(
      join(folder, "read.mjs"),
      `import { CrimgError, isCr, openImage } from "crimg";
       const image = await openImage("app.img");
       const tasks = [];
       for (const task of await image.tasks()) {
         const [area] = task.areas();
         tasks.push([task.comm, task.areas().length, task.registers.values.ip, area.start]);
       }
       let vmas = 0;
       for await (const item of image.items()) if (isCr(item, "VMA")) vmas++;
       const memory = await image.read(1, 0x30000000, 4);
       let caught;
       try {
         await image.read(1, 0, 4);
       } catch (error) {
         if (!(error instanceof CrimgError)) throw error;
         caught = error.code;
       }
       const { verdict, counts } = await image.verify();
       let lines = 0;
       await image.dump(text => { lines += text.split("\\n").length - 1; });
       await image.close();
       console.log(JSON.stringify({ tasks, vmas, memory: [...memory], caught, returns: verdict.returns, counts, lines },
         (_, value) => typeof value === "bigint" ? Number(value) : value));`,
    );
    expect(JSON.parse(run(process.execPath, "read.mjs"))).toEqual({
      tasks: [
        ["ckpt", 7, 0x804906a, 0x8048000],
        ["childA", 8, 0x804a602, 0x8048000],
        ["childB", 8, 0x804a602, 0x8048000],
        ["grandchild", 8, 0x804a602, 0x8048000],
        ["childC", 8, 0x804a602, 0x8048000],
      ],
      vmas: 39,
      memory: [0, 0, 0, 0x30],
      caught: "not-dumped",
      returns: 0,
      counts: { error: 0, warning: 0, note: 0 },
      lines: 355,
    });
  });

  test('import { table } from "crimg/codec"', () => {
    writeFileSync(
      join(folder, "codec.mjs"),
      `import { decodeTable, encodeTable, long, parserOf, table, u16 } from "crimg/codec";
       const head = { name: "VMA", struct: "vma", doc: "A memory area.", source: "" };
       const vma = table(head, { kind: u16("Kind."), start: long("First address.") });
       const abi = { order: "big", word: 4, page: 4096, arch: "s390" };
       const bytes = encodeTable(vma, { kind: 2, start: 0x8048000 }, abi);
       console.log(JSON.stringify([[...bytes], decodeTable(vma, bytes, abi), parserOf(vma, abi).parse(bytes)]));`,
    );
    const values = { kind: 2, start: 0x8048000 };
    expect(JSON.parse(run(process.execPath, "codec.mjs"))).toEqual([
      [0, 2, 0x08, 0x04, 0x80, 0x00],
      values,
      values,
    ]);
  });

  test("the schemas and package.json can be imported by name, and nothing that is not exported", () => {
    writeFileSync(
      join(folder, "schemas.mjs"),
      `import { createRequire } from "node:module";
       const require = createRequire(import.meta.url);
       const inner = await import("crimg/dist/stream/walk.js").catch(error => error.code);
       console.log(JSON.stringify([
         require("crimg/schemas/dump-item.schema.json").$id,
         require("crimg/package.json").version,
         inner,
       ]));`,
    );
    expect(JSON.parse(run(process.execPath, "schemas.mjs"))).toEqual([
      expect.stringContaining("dump-item"),
      manifest.version,
      "ERR_PACKAGE_PATH_NOT_EXPORTED",
    ]);
  });
});

describe("its types", () => {
  const program = `
    import { type Abi, type Item, openImage, type Table } from "crimg";
    import { array, decodeTable, encodeTable, long, parserOf, table, u16, type Values } from "crimg/codec";

    const head = { name: "VMA", struct: "vma", doc: "A memory area.", source: "" };
    const vma = table(head, { start: long("First address."), ids: array(u16("One."), 2, "Two.") });
    const abi: Abi = { order: "little", word: 8, page: 4096, arch: "x86_64" };
    const values: Values<typeof vma.fields> = { start: 1n, ids: [1, 2] };
    const bytes: Uint8Array = encodeTable(vma, values, abi);
    export const starts: (number | bigint)[] = [decodeTable(vma, bytes, abi).start, parserOf(vma, abi).parse(bytes).start];
    export const any: Table = vma;
    // @ts-expect-error: no field of that name
    decodeTable(vma, bytes, abi).end;

    const image = await openImage(bytes);
    export const offsets: number[] = [];
    for await (const item of image.items() as AsyncIterable<Item>) offsets.push(item.offset);`;
  const compilers = { nodenext: "nodenext", bundler: "esnext" };

  test.each(Object.entries(compilers))(
    "hold in a program of moduleResolution %s",
    (moduleResolution, module) => {
      const options = { module, moduleResolution, target: "es2022", lib: ["es2022", "dom"], types: [] };
      const strict = { strict: true, skipLibCheck: false, noEmit: true };
      const project = `tsconfig.${moduleResolution}.json`;
      writeFileSync(join(folder, "types.mts"), program);
      writeFileSync(
        join(folder, project),
        JSON.stringify({ compilerOptions: { ...options, ...strict }, files: ["types.mts"] }),
      );
      expect(run(join(projectRoot, "node_modules/.bin/tsc"), "-p", project)).toBe("");
    },
  );
});

describe("without the packages that it needs", () => {
  const bare = temporaryFolder();
  const runThere = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: bare, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const inside = join("node_modules", manifest.name);

  beforeAll(() => {
    cpSync(installed, join(bare, inside), { recursive: true });
    copyFileSync(join(folder, "app.img"), join(bare, "app.img"));
  });

  test("crimg is loaded and reads images; crimg/codec asks for binary-parser", () => {
    writeFileSync(
      join(bare, "read.mjs"),
      `import { openImage } from "crimg";
       const image = await openImage("app.img");
       const { tasks } = await image.summary();
       const { code, message } = await import("crimg/codec").catch(error => error);
       console.log(JSON.stringify({ tasks: tasks.length, code, message }));`,
    );
    expect(JSON.parse(runThere("read.mjs"))).toEqual({
      tasks: 5,
      code: "ERR_MODULE_NOT_FOUND",
      message: expect.stringContaining("binary-parser"),
    });
  });

  test("the command does all that it does: decode and encode, which checks lines with ajv", () => {
    const crimg = join(inside, manifest.bin["crimg"]!);
    expect(runThere(crimg, "dump", "app.img")).toBe(run(process.execPath, crimg, "dump", "app.img"));
    runThere(crimg, "decode", "app.img", "-o", "app.jsonl");
    runThere(crimg, "encode", "app.jsonl", "-o", "again.img");
    const [first, again] = ["app.img", "again.img"].map(name => readFileSync(join(bare, name)));
    expect(again!.equals(first!)).toBe(true);
  });
});
