import type { Run } from "./fact.js";

/**
 * Addresses of pages as runs: pages that follow each other in memory as they do in the file. `offset` is where the
 * contents of the first page are; `word` the bytes of an address.
 */
export function pageRuns(addresses: Uint8Array, { word, little, size, offset }: PageLayout): readonly Run[] {
  const view = new DataView(addresses.buffer, addresses.byteOffset, addresses.byteLength);
  const runs: Run[] = [];
  const count = Math.floor(addresses.byteLength / word);
  const addressAt = (i: number) =>
    word === 4 ? view.getUint32(4 * i, little) : Number(view.getBigUint64(8 * i, little));
  for (let i = 0; i < count; ) {
    const address = addressAt(i);
    let length = 1;
    while (i + length < count && addressAt(i + length) === address + length * size) length++;
    runs.push({ address, count: length, offset: offset + i * size });
    i += length;
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
