import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Transcript and package tests start the built command many times.
    testTimeout: 60_000,
    coverage: { include: ["src/**"], reporter: ["text-summary"] },
  },
});
