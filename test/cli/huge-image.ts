import { closeSync, openSync, writeSync } from "node:fs";
import { dialectNamed } from "../../src/formats/cr/dialects.js";
import { encodeRecord } from "../../src/stream/encode-record.js";
import { addressesFrom, makeImage } from "../image/made-image.js";
import { type SparseBytes, writeSparse } from "../image/sparse-bytes.js";
import { concat, recordNamed } from "../image/splice.js";

const dialect = dialectNamed("cr-3b");
const START = 0x1000_0000;

/** Writes a cr-3b image of one chunk of pages, whose contents are a hole: it takes no room, however many they are. */
export function writeHugeImage(path: string, pages: number): void {
  writeSparse(path, sparseImage([pages], pages));
}

/** Pages of a chunk of 16 MiB. */
const CHUNK = 4096;
/** 2.5 GiB, which fits into the address space of one task. */
const LARGE_TASK = 160 * CHUNK;

/** The pid of the last task of `imageBeyond5GiB`. */
export const smallTask = 102;
/** Bytes of its pages. */
export const smallTaskMemory = 2 * CHUNK * dialect.abi.page;

/**
 * A cr-3b image of three tasks, of which the second ends beyond 5 GiB and the third has two chunks. Pages are holes, in
 * chunks of 16 MiB.
 */
export function imageBeyond5GiB(): SparseBytes {
  return sparseImage([LARGE_TASK, LARGE_TASK, 2 * CHUNK], CHUNK);
}

/** Tasks of one area each, with so many pages, which are holes. */
function sparseImage(tasks: readonly number[], pagesInChunk: number): SparseBytes {
  const small = makeImage(dialect, {
    tasks: tasks.map((pages, i) => ({
      pid: 100 + i,
      areas: [{ start: START, end: START + pages * dialect.abi.page, chunks: [] }],
    })),
  });
  const parts: (Uint8Array | number)[] = [];
  let done = 0;
  for (const [task, pages] of tasks.entries()) {
    const at = recordNamed(small, "PGARR", task).offset;
    parts.push(small.subarray(done, at));
    done = at;
    for (let first = 0; first < pages; first += pagesInChunk)
      parts.push(chunkHead(first, pagesInChunk), pagesInChunk * dialect.abi.page);
  }
  return [...parts, small.subarray(done)];
}

/** What stands before the contents of a chunk of pages. */
function chunkHead(first: number, count: number): Uint8Array {
  const addresses = Uint32Array.from(addressesFrom(START + first * dialect.abi.page, count));
  return concat(
    encodeRecord(dialect, "PGARR", { nr_pages: BigInt(count) }),
    new Uint8Array(addresses.buffer),
  );
}

/** Writes a cr-3b image of one area, again and again: many items, which are not sound. */
export function writeManyAreas(path: string, count: number): void {
  const small = makeImage(dialect, {
    tasks: [{ pid: 100, areas: [{ start: START, end: START + 4096, chunks: [] }] }],
  });
  const from = recordNamed(small, "VMA").offset;
  const to = recordNamed(small, "MM_CONTEXT").offset;
  const areas = Buffer.alloc(count * (to - from), small.subarray(from, to));
  const fd = openSync(path, "wx");
  for (const part of [small.subarray(0, from), areas, small.subarray(to)]) writeSync(fd, part);
  closeSync(fd);
}
