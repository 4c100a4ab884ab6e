import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

/** Packages stay where they are: from a temporary folder they would not be found by name. */
const packagesByUrl = {
  name: "packages-by-url",
  resolveId(id) {
    if (/^(\.|\/|node:)/.test(id)) return null;
    return { id: import.meta.resolve(id), external: "absolute" };
  },
};

/** Samples and the corpus are found from where a module's source stands. */
const modulesAtHome = {
  name: "modules-at-home",
  transform(code, id) {
    if (!code.includes("import.meta.url")) return null;
    return { code: code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href)), map: null };
  },
};

/** Writes main.ts, and all of src and test that it uses, as one module to `file`. */
export async function bundle(file) {
  const bundled = await rolldown({
    input: fileURLToPath(new URL("main.ts", import.meta.url)),
    platform: "node",
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
    plugins: [packagesByUrl, modulesAtHome],
  });
  await bundled.write({ file, format: "esm", codeSplitting: false, sourcemap: true });
  await bundled.close();
}
