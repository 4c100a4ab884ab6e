import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** A real image, written by the kernel of a series. */
export interface Sample {
  /** `SERIES-NAME`: v6-files. */
  readonly name: string;
  /** The folder it lies in: cr-2. */
  readonly dialect: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

const fixtures = new URL("../fixtures/", import.meta.url);
const folder = new URL("../../samples/", import.meta.url);

/** Every image below samples/, found by listing it: a new sample is tested as soon as it is there. */
export const samples: readonly Sample[] = readdirSync(folder, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(({ name: dialect }) =>
    readdirSync(new URL(`${dialect}/`, folder))
      .filter(file => file.endsWith(".img"))
      .map(file => {
        const path = new URL(`${dialect}/${file}`, folder);
        return {
          name: file.slice(0, -".img".length),
          dialect,
          path: path.pathname,
          bytes: plain(readFileSync(path)),
        };
      }),
  );

/** The sample of this name. */
export function sample(name: string): Sample {
  const found = samples.find(candidate => candidate.name === name);
  if (found === undefined) throw new Error(`no sample ${name} below samples/`);
  return found;
}

/** One sample of each dialect, small, with pages in it: for tests that walk thousands of variants. */
export const onePerDialect: readonly Sample[] = ["v6p5-tiny", "v6-files", "v9-fpu", "v13-xsave-fpu"].map(
  sample,
);

/** 17 MB of pages: 4196 in one VMA, so its second chunk carries a running total. */
export function chunk4196(): Uint8Array {
  return plain(gunzipSync(readFileSync(new URL("chunk4196.img.gz", fixtures))));
}

/** What an independent reader said of a sample, record by record; undefined if it was not asked. */
export function referenceText(name: string): string | undefined {
  const records = new URL("records/", fixtures);
  const found = readdirSync(records).find(file => file === `${name}.txt` || file === `v6-${name}.txt`);
  return found === undefined ? undefined : readFileSync(new URL(found, records), "utf8");
}

/** Buffers compare unlike to the arrays the library makes. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
