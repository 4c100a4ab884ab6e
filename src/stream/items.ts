import { type Asking, drive, feedSync } from "../source/drive.js";
import type { Source, SyncSource } from "../source/source.js";
import { Window } from "../source/window.js";
import type { Item } from "./item.js";
import type { StreamFormat } from "./stream-format.js";
import { Walk, type WalkOptions } from "./walk.js";

/** An image that somebody has opened. */
export interface OpenedImage {
  readonly source: Source;
  /** Which image of the input it is, and how it is read. */
  readonly options: WalkOptions;
  /** The items in file order, from the start each time; of a stream only once. */
  items(options?: WalkOptions): AsyncIterable<Item>;
}

/** One pass over an input, as work that asks for bytes: its items. */
export function* itemsOf(
  size: number | undefined,
  formats: readonly StreamFormat[],
  options?: WalkOptions,
): Asking<Item> {
  const walk = new Walk(new Window(size), formats, options);
  for (let step = walk.next(); step !== undefined; step = walk.next()) yield step;
}

/** Walks a source that answers at once. */
export function* walkSync(
  source: SyncSource,
  formats: readonly StreamFormat[],
  options?: WalkOptions,
): Generator<Item, void, void> {
  // Not by way of `driveSync`: a second generator for each of millions of items would take a tenth of the time.
  const walk = new Walk(new Window(source.size), formats, options);
  for (let step = walk.next(); step !== undefined; step = walk.next()) {
    if (step instanceof Window) feedSync(source, step);
    else yield step;
  }
}

/** Walks any source. */
export function walk(
  source: Source,
  formats: readonly StreamFormat[],
  options?: WalkOptions,
): AsyncGenerator<Item, void, void> {
  return drive(source, itemsOf(source.size, formats, options));
}
