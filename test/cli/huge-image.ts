import { closeSync, openSync, writeSync } from "node:fs";
import { encodeTable } from "../../src/codec/table.js";
import { dialectNamed } from "../../src/format/cr/dialects.js";
import { pageAddress } from "../../src/format/cr/records.js";
import { encodeRecord } from "../../src/image/encode-record.js";
import { makeImage } from "../image/made-image.js";
import { concat, recordNamed } from "../image/splice.js";

const dialect = dialectNamed("cr-3b");
const START = 0x1000_0000;

/** Writes a cr-3b image of one chunk of pages, whose contents are a hole: it takes no room, however many they are. */
export function writeHugeImage(path: string, pages: number): void {
  const end = START + pages * dialect.pageSize;
  const small = makeImage(dialect, { tasks: [{ pid: 100, areas: [{ start: START, end, chunks: [] }] }] });
  const at = recordNamed(small, "PGARR").offset;
  const addresses = new Uint8Array(pages * pageAddress.size);
  for (let page = 0; page < pages; page++) {
    const address = START + page * dialect.pageSize;
    addresses.set(encodeTable(pageAddress, { address }, dialect.order), page * pageAddress.size);
  }
  const chunk = encodeRecord(dialect, "PGARR", { nr_pages: BigInt(pages) });
  const before = concat(small.subarray(0, at), chunk, addresses);
  const fd = openSync(path, "wx");
  writeSync(fd, before, 0, before.length, 0);
  writeSync(fd, small, at, small.length - at, before.length + pages * dialect.pageSize);
  closeSync(fd);
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
