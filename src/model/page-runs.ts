import type { Run } from "./fact.js";

/**
 * Addresses of pages as runs: pages that follow each other in memory as they do in the file. `offset` is where the
 * contents of the first page are; `word` the bytes of an address.
 */
export function pageRuns(addresses: Uint8Array, { word, little, size, offset }: PageLayout): readonly Run[] {
  const view = new DataView(addresses.buffer, addresses.byteOffset, addresses.byteLength);
  const runs: Run[] = [];
  const end = addresses.byteLength - (addresses.byteLength % word);
  for (let at = 0; at < end; ) {
    const from = at;
    const address = word === 4 ? view.getUint32(at, little) : Number(view.getBigUint64(at, little));
    at += word;
    // A loop for each word size: millions of addresses come here.
    let next = address + size;
    if (word === 4) for (; at < end && view.getUint32(at, little) === next; at += 4) next += size;
    else for (; at < end && Number(view.getBigUint64(at, little)) === next; at += 8) next += size;
    runs.push({ address, count: (at - from) / word, offset: offset + (from / word) * size });
  }
  return runs;
}

export interface PageLayout {
  /** Bytes of an address. */
  readonly word: 4 | 8;
  readonly little: boolean;
  /** Bytes of a page. */
  readonly size: number;
  /** Where the contents of the first page stand in the file. */
  readonly offset: number;
}
