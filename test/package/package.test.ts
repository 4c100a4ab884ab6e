import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

  test("needs no more than the three packages the design names", () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(["ajv", "binary-parser", "chalk", "yargs"]);
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
  test("npx crimg --version", () => {
    expect(run("npx", "--no-install", "crimg", "--version").trim()).toBe(manifest.version);
  });

  test("npx crimg formats", () => {
    expect(run("npx", "--no-install", "crimg", "formats").match(/^cr-\w+/gm)).toEqual([
      "cr-1",
      "cr-2",
      "cr-3a",
      "cr-3b",
    ]);
  });

  test("npx crimg dump", () => {
    const tree = run("npx", "--no-install", "crimg", "dump", "app.img", "--depth", "1");
    expect(tree).toMatch(/^app\.img: 121696 bytes, dialect cr-3a /);
    expect(tree).toMatch(/^0x[0-9a-f]{8} task\[4\] childC {2}pid 166 /m);
  });

  test('import { openImage } from "crimg"', () => {
    writeFileSync(
      join(folder, "read.mjs"),
      `import { openImage } from "crimg";
       const image = await openImage("app.img");
       const { tasks } = await image.summary();
       let areas = 0;
       for await (const item of image.items()) if (item.kind === "record" && item.name === "VMA") areas++;
       const memory = await image.read(1, 0x30000000, 4);
       await image.close();
       console.log(JSON.stringify({ tasks: tasks.map(task => task.comm), areas, memory: [...memory] }));`,
    );
    expect(JSON.parse(run(process.execPath, "read.mjs"))).toEqual({
      tasks: ["ckpt", "childA", "childB", "grandchild", "childC"],
      areas: 39,
      memory: [0, 0, 0, 0x30],
    });
  });

  test("the schemas and package.json can be imported by name, and nothing that is not exported", () => {
    writeFileSync(
      join(folder, "schemas.mjs"),
      `import { createRequire } from "node:module";
       const require = createRequire(import.meta.url);
       const inner = await import("crimg/dist/image/walk.js").catch(error => error.code);
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
