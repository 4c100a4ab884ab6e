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
/** What the package is for those who install it: packs and installs it, and compiles against it. */
const installed = "test/package/package.test.ts";
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
      built(project("process", process, takesAll ? [] : [installed])),
      // No process at all.
      project("unit", [inFolder("*")], [...command, ...process]),
    ],
  },
});
