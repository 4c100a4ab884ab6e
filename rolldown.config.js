import { fileURLToPath } from "node:url";
import { defineConfig } from "rolldown";

const inDist = path => fileURLToPath(new URL(`dist/${path}`, import.meta.url));

// The command is bundled because it starts twice as fast: yargs alone is 40 modules. The library is not.
export default defineConfig({
  input: ["dist/cli/main.js", "dist/cli/worker.js"],
  platform: "node",
  resolve: {
    alias: {
      "string-width": inDist("cli/ascii-width.js"),
      "node:process": inDist("cli/global-process.js"),
    },
  },
  output: {
    dir: "dist/bin",
    format: "esm",
    minify: true,
    chunkFileNames: "[name].js",
    // What the commands work with is one file: finding and opening a dozen takes longer than reading them. What main
    // itself needs stays out of it, so that --version and --help do not load it.
    codeSplitting: {
      groups: [
        {
          name: "base",
          test: /dist[\\/](errors|codec[\\/](escape|json-text)|image[\\/](system-reason|pause)|cli[\\/](output|output-target|put|write-error|interruption|hole|exit-code|version|arguments|small-heap|image-output|aside|ascii-width|each-file|file-tasks))\.js$/,
          priority: 2,
        },
        {
          name: "work",
          test: /dist[\\/](convert[\\/][^\\/]*$|dump|format|image|verify|cli[\\/](terminal|image-files|progress|spool|input-stream|write-plan|copy-extent|errors-told|patience|info-file|verify-(file|output)))|chalk/,
          priority: 1,
        },
      ],
    },
  },
});
