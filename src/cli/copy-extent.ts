import { type Extent, extentReader, partsOf } from "../source/extent.js";
import type { SyncSource } from "../source/source.js";
import type { Write } from "./output.js";
import { patience } from "./patience.js";

/** Bytes copied at once. More would not stay in the cache between being read and written. */
const PART = 128 * 1024;

/** Copies bytes as they are. */
export async function copyExtent(source: SyncSource, extent: Extent, write: Write): Promise<void> {
  const read = extentReader(source);
  const rested = patience();
  for (const part of partsOf(extent, PART)) {
    write(read(part));
    const rest = rested(part.length);
    if (rest !== undefined) await rest;
  }
}
