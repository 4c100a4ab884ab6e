import { type DumpOptions, type DumpReport, dumping } from "../src/dump/dump.js";
import { summarizing } from "../src/dump/summarize.js";
import { formats } from "../src/formats/registry.js";
import * as decoding from "../src/lines/decode.js";
import type { Summary } from "../src/model/summary.js";
import { resultSync } from "../src/source/drive.js";
import type { Source, SyncSource } from "../src/source/source.js";
import * as carving from "../src/stream/file-parts.js";
import type { Item } from "../src/stream/item.js";
import * as walking from "../src/stream/items.js";
import type { WalkOptions } from "../src/stream/walk.js";

/** The engines one by one, with every format that crimg knows, for inputs that answer at once. Users have `openImage`. */

/** Walks any source. */
export function walk(source: Source, options?: WalkOptions): AsyncGenerator<Item, void, void> {
  return walking.walk(source, formats, options);
}

/** Walks a source that answers at once. */
export function walkSync(source: SyncSource, options?: WalkOptions): Generator<Item, void, void> {
  return walking.walkSync(source, formats, options);
}

/** Writes a dump of the input to `write`. */
export function dump(source: SyncSource, write: (text: string) => void, options?: DumpOptions): DumpReport {
  return resultSync(source, dumping(source, formats, write, options));
}

/** The summary of every image in the input. */
export function summarize(source: SyncSource, options?: WalkOptions): Summary[] {
  return resultSync(source, summarizing(source.size, formats, options));
}

/** The lines of an image. */
export function decodeLinesSync(source: SyncSource, options?: decoding.DecodeOptions & WalkOptions) {
  return decoding.decodeLinesSync(source, formats, options);
}

/** Where the images of a file are, in order. */
export function fileParts(source: SyncSource, onFinding?: WalkOptions["onFinding"]) {
  return carving.fileParts(source, formats, onFinding);
}

/** Bytes of a file that holds sound images and nothing else. */
export function soundLength(source: SyncSource): number {
  return carving.soundLength(source, formats);
}
