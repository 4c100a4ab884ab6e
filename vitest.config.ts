import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { takesAll } from "./test/share.js";

/** Files of a project share the threads they run in: to start one, and load all that is tested, takes half a second. */
const project = (
  name: string,
  include: string[],
  exclude: string[] = [],
): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, include, exclude, pool: "threads", isolate: false },
});

/** What runs the built command looks at its results with the built library: the sources take a thread two seconds. */
const built = (of: TestProjectInlineConfiguration): TestProjectInlineConfiguration => ({
  ...of,
  resolve: {
    alias: [{ find: /^(?:\.\.\/)+src\/(?!cli\/)(.*)$/, replacement: `${import.meta.dirname}/dist/$1` }],
  },
  test: { ...of.test, server: { deps: { external: [/\/dist\//] } } },
});

const inFolder = (folder: string) => `test/${folder}/**/*.test.ts`;
const command = [inFolder("cli")];
/** Only in the gate: what packs and installs the package, and compiles against it; what the fuzzer tries and has found. */
const onlyAll = ["test/package/package.test.ts", inFolder("fuzz")];
const left = takesAll ? [] : onlyAll;
const process = [inFolder("process"), inFolder("package")];

export default defineConfig({
  test: {
    // vitest itself leaves one core alone.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ["src/**"], reporter: ["text-summary"] },
    projects: [
      // Whole commands, in processes that are warm already.
      built(project("command", command)),
      // What only a process shows that is started for it: signals, descriptors, pipes that close, memory, the package.
      built(project("process", process, left)),
      // No process at all.
      project("unit", [inFolder("*")], [...command, ...process, ...left]),
    ],
  },
});
