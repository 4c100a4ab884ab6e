import { type Extent, extentReader, partsOf } from "../source/extent.js";
import type { SyncSource } from "../source/source.js";
import type { Write } from "./output.js";
import { signalYield } from "./signal-yield.js";

/** Bytes copied at once. More would not stay in the cache between being read and written. */
const PART = 128 * 1024;

/** Copies bytes as they are. */
export async function copyExtent(source: SyncSource, extent: Extent, write: Write): Promise<void> {
  const read = extentReader(source);
  const yieldToSignals = signalYield();
  for (const part of partsOf(extent, PART)) {
    write(read(part));
    const turn = yieldToSignals(part.length);
    if (turn !== undefined) await turn;
  }
}
