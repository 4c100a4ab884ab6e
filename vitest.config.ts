import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Test files that get on with each other share the threads they run in: a thread of its own costs each half a second. */
const project = (
  name: string,
  files: { readonly include: string[]; readonly exclude?: string[] },
): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, pool: "threads", isolate: false, ...files },
});

export default defineConfig({
  test: {
    // vitest itself leaves one core alone.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ["src/**"], reporter: ["text-summary"] },
    projects: [
      project("unit", { include: ["test/**/*.test.ts"], exclude: ["test/cli/**"] }),
      project("command", { include: ["test/cli/**/*.test.ts"] }),
    ],
  },
});
