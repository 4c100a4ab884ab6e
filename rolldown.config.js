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
    // A few files: finding and opening a dozen takes longer than reading them. Main loads `base` alone, so that --version
    // and --help are quick; a command that reads images loads `image` and what it does with them.
    codeSplitting: {
      groups: [
        {
          name: "base",
          test: /dist[\\/](errors|codec[\\/](escape|json-text)|source[\\/](system-reason|pause)|cli[\\/](output|output-target|put|write-error|interruption|hole|exit-code|version|arguments|small-heap|image-output|aside|ascii-width|each-file|file-tasks))\.js$/,
          priority: 2,
        },
        {
          name: "image",
          test: /dist[\\/](codec|source|stream|model|formats[\\/](x86|cr[\\/][^\\/]*$)|cli[\\/](terminal|image-files|progress|spool|input-stream|errors-told|patience|with-file))|chalk/,
          priority: 1,
        },
        { name: "dump", test: /dist[\\/](dump|cli[\\/]info-file)/, priority: 1 },
        {
          name: "verify",
          test: /dist[\\/](finding|verify|formats[\\/]cr[\\/](verify|restart)|cli[\\/]verify-(facets|file|output))/,
          priority: 1,
        },
        {
          name: "convert",
          test: /dist[\\/](convert[\\/][^\\/]*$|cli[\\/](write-plan|copy-extent))/,
          priority: 1,
        },
      ],
    },
  },
});
