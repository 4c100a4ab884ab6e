import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import type { ConvertOptions } from "../../src/index.js";
import { sample } from "../image/samples.js";

/** What a booted kernel answered to an image. */
export interface Restart {
  readonly kernel: string;
  readonly series: string;
  readonly version: readonly [major: number, minor: number, patch: number];
  /** Of the machine; left out for one with FXSAVE and no XSAVE. */
  readonly fpu?: { readonly has_fxsr: number; readonly has_xsave: number; readonly xstate_size: number };
  readonly returns: number;
  /** The file position when it returned, where that was noted. */
  readonly position?: number;
  /** The caller saw the value. */
  readonly visible: boolean;
  /** How the process ended. */
  readonly end: string;
}

/** An image that an independent converter made, and what kernels said of it. See test/fixtures/convert/README.md. */
export interface Proof {
  readonly name: string;
  /** `cr-2/v6-tiny`, below samples/. */
  readonly source: string;
  readonly options: ConvertOptions;
  /** What was changed after the conversion. */
  readonly then?: string;
  /** Made to fail, or to show what is harmless. */
  readonly control: boolean;
  /** HEAD.release is the source's, whatever `options.kernel` says. */
  readonly release?: "kept";
  /** Padding and stale bytes are those of the source, not 0. */
  readonly undefinedKept?: true;
  readonly restarts: readonly Restart[];
}

/** A row that cannot be proven here. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

const folder = new URL("../fixtures/convert/", import.meta.url);
const table: {
  readonly converted: readonly Proof[];
  readonly unconverted: readonly Pick<Proof, "name" | "source" | "restarts">[];
  readonly skipped: readonly Skipped[];
} = JSON.parse(readFileSync(new URL("rows.json", folder), "utf8"));

export const { converted, unconverted, skipped } = table;

/** Every image of the pack, by its name. */
export const provenImages: ReadonlyMap<string, Uint8Array> = unpack(
  brotliDecompressSync(readFileSync(new URL("images.br", folder))),
);

/** The bytes of the sample that a proof was made from. */
export function sourceOf({ source }: Pick<Proof, "source">): Uint8Array {
  return sample(source.slice(source.indexOf("/") + 1)).bytes;
}

/** The proven image; one must be there. */
export function provenImage(name: string): Uint8Array {
  const found = provenImages.get(name);
  if (found === undefined) throw new Error(`no image ${name} in images.br`);
  return found;
}

function unpack(pack: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const newline = pack.indexOf(10);
  const index: { name: string; length: number }[] = JSON.parse(
    new TextDecoder().decode(pack.subarray(0, newline)),
  );
  let at = newline + 1;
  return new Map(
    index.map(({ name, length }) => {
      const bytes = pack.slice(at, at + length);
      at += length;
      return [name, new Uint8Array(bytes)];
    }),
  );
}
