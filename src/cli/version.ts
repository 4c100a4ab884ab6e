import { readFileSync } from "node:fs";

/** crimg's own version. */
export function version(): string {
  // Two folders up, from dist/cli as from the bundle in dist/bin.
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
