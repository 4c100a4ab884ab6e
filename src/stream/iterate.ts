import type { Source, SyncSource } from "../source/source.js";
import { Window } from "../source/window.js";
import type { Item } from "./item.js";
import { NEED, Walk, type WalkOptions } from "./walk.js";

/** Walks a source that answers at once. */
export function* walkSync(source: SyncSource, options?: WalkOptions): Generator<Item, void, void> {
  const window = new Window(source.size);
  const walk = new Walk(window, options);
  for (let item = walk.next(); item !== undefined; item = walk.next()) {
    if (item === NEED) window.accept(source.read(window.wantedAt, window.wantedLength), source.seen);
    else yield item;
  }
}

/** Walks any source. */
export async function* walk(source: Source, options?: WalkOptions): AsyncGenerator<Item, void, void> {
  const window = new Window(source.size);
  const walk = new Walk(window, options);
  for (let item = walk.next(); item !== undefined; item = walk.next()) {
    if (item === NEED) window.accept(await source.read(window.wantedAt, window.wantedLength), source.seen);
    else yield item;
  }
}
