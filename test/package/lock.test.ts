import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../project-root.js";

/** A package as the lock file has it. */
interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What the manifest of a package says that matters here. */
interface Manifest {
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const parsed = (path: string) => JSON.parse(readFileSync(join(projectRoot, path), "utf8"));
const lock = parsed("package-lock.json") as {
  lockfileVersion: number;
  packages: Record<string, Locked>;
};
const manifest = parsed("package.json") as Manifest;
const { "": root, ...rest } = lock.packages;
const locked = Object.entries(rest);
/** Where the packages are that are installed here: those of other systems are not. */
const installed = locked.filter(([path]) => existsSync(join(projectRoot, path, "package.json")));
const paths = (entries: readonly (readonly [string, Locked])[]) => entries.map(([path]) => path);

describe("the lock file", () => {
  test("is of this package.json", () => {
    const { dependencies, devDependencies } = manifest;
    expect(root).toMatchObject({ version: manifest.version, dependencies, devDependencies });
    const named = Object.keys({ ...dependencies, ...devDependencies });
    expect(named.filter(name => !(`node_modules/${name}` in rest))).toEqual([]);
  });

  test("names one version of each package, and no link, folder or repository", () => {
    expect(paths(locked.filter(([, { version }]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)))).toEqual([]);
    expect(paths(locked.filter(([, { link }]) => link))).toEqual([]);
    const elsewhere = locked.filter(
      ([, { resolved = "https://registry.npmjs.org/" }]) =>
        !resolved.startsWith("https://registry.npmjs.org/"),
    );
    expect(paths(elsewhere)).toEqual([]);
  });

  test("has the digest of each package, but for the linter on other systems", () => {
    const without = locked.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"));
    expect(without.filter(([path, { optional }]) => !(optional && path.includes("/@biomejs/cli-")))).toEqual(
      [],
    );
  });

  test("names the versions that are installed", () => {
    expect(installed.length).toBeGreaterThan(50);
    const others = installed.filter(
      ([path, { version }]) => (parsed(join(path, "package.json")) as Manifest).version !== version,
    );
    expect(paths(others)).toEqual([]);
    // What is not here is for other systems.
    expect(paths(locked.filter(entry => !installed.includes(entry) && !entry[1].optional))).toEqual([]);
  });
});

describe("nothing runs when packages are installed", () => {
  const hooks = ["preinstall", "install", "postinstall"];

  test("as the lock file says", () => {
    expect(paths(locked.filter(([, { hasInstallScript }]) => hasInstallScript))).toEqual([]);
  });

  test("as the packages say that are here", () => {
    const scripted = installed.filter(([path]) => {
      const { scripts = {} } = parsed(join(path, "package.json")) as Manifest;
      // npm builds what has a binding.gyp without being told to.
      return hooks.some(hook => hook in scripts) || existsSync(join(projectRoot, path, "binding.gyp"));
    });
    expect(paths(scripted)).toEqual([]);
  });

  test("but the build, of a clone", () => {
    const scripts = Object.keys(manifest.scripts ?? {});
    const ofNpm = [...hooks, "prepublish", "preprepare", "prepare", "postprepare", "dependencies"];
    expect(scripts.filter(name => ofNpm.includes(name))).toEqual(["prepare"]);
  });
});

test("what crimg needs to run are exact names with a range, what builds it exact versions", () => {
  expect(
    Object.values(manifest.dependencies ?? {}).filter(range => !/^\^\d+\.\d+\.\d+$/.test(range)),
  ).toEqual([]);
  expect(
    Object.values(manifest.devDependencies ?? {}).filter(range => !/^\d+\.\d+\.\d+$/.test(range)),
  ).toEqual([]);
});
