import { CrimgError } from "../../src/errors.js";
import type { Finding } from "../../src/finding.js";
import { bytesSource, type Source, type SyncSource } from "../../src/source/source.js";
import type { Item } from "../../src/stream/item.js";
import type { WalkOptions } from "../../src/stream/walk.js";
import { walk, walkSync } from "../engines.js";

/** What a walk said about the bytes. */
export type Heard = Finding & { readonly isDamage: boolean };

/** Everything a walk gave. */
export interface Walked {
  readonly items: readonly Item[];
  readonly findings: readonly Heard[];
  /** Set if it ended in our own error; any other is not caught. */
  readonly error: CrimgError | undefined;
}

/** Walks bytes, or another source that answers at once, to the end. */
export function collect(from: Uint8Array | SyncSource, options: WalkOptions = {}): Walked {
  const source = bounded(from instanceof Uint8Array ? bytesSource(from) : from);
  const items: Item[] = [];
  const { findings, onFinding } = hearing();
  try {
    for (const item of walkSync(source, { ...options, onFinding })) {
      items.push(item);
    }
  } catch (error) {
    if (error instanceof CrimgError) return { items, findings, error };
    throw error;
  }
  return { items, findings, error: undefined };
}

function hearing() {
  const findings: Heard[] = [];
  const onFinding = (finding: Finding, isDamage: boolean) => {
    findings.push({ ...finding, isDamage });
  };
  return { findings, onFinding };
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
  const { findings, onFinding } = hearing();
  try {
    for await (const item of walk(source, { ...options, onFinding })) {
      items.push(item);
    }
  } catch (error) {
    if (error instanceof CrimgError) return { items, findings, error };
    throw error;
  }
  return { items, findings, error: undefined };
}

/** The items that are records, in order. */
export function records(walked: Walked) {
  return walked.items.filter(item => item.kind === "record");
}

/** The items that are raw blocks, in order. */
export function rawBlocks(walked: Walked) {
  return walked.items.filter(item => item.kind === "raw");
}

/** What the walk takes for damage. */
export function errors(walked: Walked): readonly Heard[] {
  return walked.findings.filter(({ isDamage }) => isDamage);
}
