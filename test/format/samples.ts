import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../../samples/", import.meta.url);

/** A real image of samples/, and the dialect of the folder it stands in. */
export interface Sample {
  readonly name: string;
  readonly dialect: string;
  readonly bytes: Uint8Array;
}

/** Every sample, found by listing the folders. */
export const samples: readonly Sample[] = readdirSync(root, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(({ name: dialect }) =>
    readdirSync(new URL(`${dialect}/`, root))
      .filter(name => name.endsWith(".img"))
      .map(name => ({ name, dialect, bytes: sampleBytes(`${dialect}/${name}`) })),
  );

/** A copy of a sample's bytes, for tests that damage it: `sampleBytes("cr-2/v6-tiny.img")`. */
export function sampleBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, root)));
}
