import { CrimgError } from "../../src/errors.js";
import { bytesSource, type Source, type SyncSource } from "../../src/source/source.js";
import type { Item, Notice } from "../../src/stream/item.js";
import { walk, walkSync } from "../../src/stream/iterate.js";
import type { WalkOptions } from "../../src/stream/walk.js";

/** Everything a walk said. */
export interface Walked {
  readonly items: readonly Item[];
  readonly notices: readonly Notice[];
  /** Set if it ended in our own error; any other is not caught. */
  readonly error: CrimgError | undefined;
}

/** Walks bytes, or another source that answers at once, to the end. */
export function collect(from: Uint8Array | SyncSource, options: WalkOptions = {}): Walked {
  const source = bounded(from instanceof Uint8Array ? bytesSource(from) : from);
  const items: Item[] = [];
  const notices: Notice[] = [];
  try {
    for (const item of walkSync(source, { ...options, onNotice: notice => notices.push(notice) })) {
      items.push(item);
    }
  } catch (error) {
    if (error instanceof CrimgError) return { items, notices, error };
    throw error;
  }
  return { items, notices, error: undefined };
}

/** The source, until a walk has read so often that it cannot be getting on: a hang would be no test result. */
function bounded(source: SyncSource): SyncSource {
  let reads = 0;
  return {
    size: source.size,
    seekable: source.seekable,
    get seen() {
      return source.seen;
    },
    read(offset, length) {
      // The largest sample takes some 50 reads, the smallest stretch between two reads that get on is a header.
      if (++reads > 20_000)
        throw new Error(`the walk reads without end, now at ${offset} for ${length} bytes`);
      return source.read(offset, length);
    },
  } as SyncSource;
}

/** Walks any source to the end. */
export async function collectAsync(source: Source, options: WalkOptions = {}): Promise<Walked> {
  const items: Item[] = [];
  const notices: Notice[] = [];
  try {
    for await (const item of walk(source, { ...options, onNotice: notice => notices.push(notice) })) {
      items.push(item);
    }
  } catch (error) {
    if (error instanceof CrimgError) return { items, notices, error };
    throw error;
  }
  return { items, notices, error: undefined };
}

/** The items that are records, in order. */
export function records(walked: Walked) {
  return walked.items.filter(item => item.kind === "record");
}

/** The items that are raw blocks, in order. */
export function rawBlocks(walked: Walked) {
  return walked.items.filter(item => item.kind === "raw");
}

/** Notices of level error. */
export function errors(walked: Walked): readonly Notice[] {
  return walked.notices.filter(({ level }) => level === "error");
}
