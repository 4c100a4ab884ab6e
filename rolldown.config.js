import { fileURLToPath } from "node:url";
import { defineConfig } from "rolldown";

const inDist = path => fileURLToPath(new URL(`dist/${path}`, import.meta.url));
const dist = inDist("");
const entries = [inDist("cli/main.js"), inDist("cli/worker.js")];
const isPart = id => id.startsWith(dist) && !entries.includes(id);

/** Files that commands load, and the folders that go into each. What is in no folder named here goes into `image`. */
const chunks = {
  image: [],
  dump: ["dump"],
  verify: ["verify", "restart"],
  convert: ["convert"],
};

/** What decode and encode do has little in common: rolldown makes a file of each. */
const ungrouped = "lines";

/** The folders below dist that a module is in. */
const foldersOf = id => (id.startsWith(dist) ? id.slice(dist.length).split(/[\\/]/).slice(0, -1) : []);

/** A module goes with its folder, or with what it imports, as `cli/verify-file.js` does with verify. */
function chunkOf(id, context) {
  if (!isPart(id) || foldersOf(id).includes(ungrouped)) return null;
  const folders = [id, ...context.getModuleInfo(id).importedIds].flatMap(foldersOf);
  return (
    Object.keys(chunks).findLast(name => chunks[name].some(folder => folders.includes(folder))) ?? "image"
  );
}

// The command is bundled because it starts twice as fast: yargs alone is 40 modules. The library is not.
export default defineConfig({
  input: entries,
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
    // and --help are quick; a command that reads images loads `image` and what it does with them. No module is named here:
    // what is in `base` follows from what main imports, and the rest from folders.
    codeSplitting: {
      groups: [
        { name: "base", tags: ["$initial"], test: isPart, priority: 1 },
        ...Object.keys(chunks).map(name => ({
          name: (id, context) => (chunkOf(id, context) === name ? name : null),
          debugName: name,
        })),
      ],
    },
  },
});
