import { closeSync, openSync, writeSync } from "node:fs";
import { encodeTable } from "../../src/codec/table.js";
import { dialectNamed } from "../../src/formats/cr/dialects.js";
import { pageAddress } from "../../src/formats/cr/records.js";
import { encodeRecord } from "../../src/stream/encode-record.js";
import { makeImage } from "../image/made-image.js";
import { concat, recordNamed } from "../image/splice.js";

const dialect = dialectNamed("cr-3b");
const START = 0x1000_0000;

/** Writes a cr-3b image of one chunk of pages, whose contents are a hole: it takes no room, however many they are. */
export function writeHugeImage(path: string, pages: number): void {
  writeSparseImage(path, 1, pages, pages);
}

/** Pages of a chunk of 16 MiB. */
const CHUNK = 4096;
/** 2.5 GiB, which fits into the address space of one task. */
const LARGE_TASK = 160 * CHUNK;

/** Writes a cr-3b image of two tasks, of which the second ends beyond 5 GiB: its pages are holes, in chunks of 16 MiB. */
export function writeImageBeyond4GiB(path: string): void {
  writeSparseImage(path, 2, LARGE_TASK, CHUNK);
}

/** Tasks of one area each, with pages that are not in the file, but have their place there. */
function writeSparseImage(path: string, tasks: number, pages: number, pagesInChunk: number): void {
  const area = { start: START, end: START + pages * dialect.abi.page, chunks: [] };
  const small = makeImage(dialect, {
    tasks: Array.from({ length: tasks }, (_, i) => ({ pid: 100 + i, areas: [area] })),
  });
  const fd = openSync(path, "wx");
  let offset = 0;
  const put = (bytes: Uint8Array) => {
    writeSync(fd, bytes, 0, bytes.length, offset);
    offset += bytes.length;
  };
  let done = 0;
  for (let task = 0; task < tasks; task++) {
    const at = recordNamed(small, "PGARR", task).offset;
    put(small.subarray(done, at));
    done = at;
    for (let first = 0; first < pages; first += pagesInChunk) {
      put(chunkHead(first, pagesInChunk));
      offset += pagesInChunk * dialect.abi.page;
    }
  }
  put(small.subarray(done));
  closeSync(fd);
}

/** What stands before the contents of a chunk of pages. */
function chunkHead(first: number, count: number): Uint8Array {
  const addresses = new Uint8Array(count * pageAddress.size);
  for (let page = 0; page < count; page++) {
    const address = START + (first + page) * dialect.abi.page;
    addresses.set(encodeTable(pageAddress, { address }, dialect.abi.order), page * pageAddress.size);
  }
  return concat(encodeRecord(dialect, "PGARR", { nr_pages: BigInt(count) }), addresses);
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
