import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesOfHex } from "../codec/bytes-of-hex.js";
import { sampleBytes } from "../format/samples.js";
import { concat, overwritten, recordNamed, withField, withLen } from "../image/splice.js";

/** Heads of formats that crimg knows of and does not read, copied from what their kernels wrote. */
const ckptHead = `
  01000000 48000000 00d2a2c00cedfe00
  0100 0200 0600 2100 0600 000000000000
  1000 b000 4000 4100 4100 4100 4100 4100 4100 1000 0010 0800
  80fca04b00000000 0100000000000000`;
const bigEndianHead = "0001 00e0 00000000 00feed0cc0a2d200 0002 0006 001b 0002";

/** Writes what transcripts call `$TMP/...`: inputs that are no image, and images with one thing wrong. */
export function writeBadInputs(folder: string): void {
  const tiny = sampleBytes("cr-2/v6-tiny.img");
  const tree = sampleBytes("cr-3b/v13-tree.img");
  const files: Record<string, Uint8Array> = {
    "empty.img": new Uint8Array(0),
    "short.img": tiny.subarray(0, 10),
    "ckpt.img": bytesOfHex(ckptHead),
    "big-endian.img": concat(bytesOfHex(bigEndianHead), new Uint8Array(208)),
    "text.img": Buffer.from("#!/bin/sh\n# this is a script, and no checkpoint image at all\nexit 0\n"),
    "cut-in-vma.img": tiny.subarray(0, recordNamed(tiny, "VMA", 2).offset + 20),
    "cut-in-pages.img": tiny.subarray(0, recordNamed(tiny, "PGARR", 3).offset + 1000),
    "map-count.img": withField(tiny, recordNamed(tiny, "MM"), "map_count", 0xffff_ffff),
    "nr-pages.img": withField(tiny, recordNamed(tiny, "PGARR", 3), "nr_pages", 2n ** 63n),
    "long-vma.img": withLen(tiny, recordNamed(tiny, "VMA", 1), 40),
    "unknown-record.img": overwritten(
      tiny,
      recordNamed(tiny, "MM_CONTEXT").offset,
      bytesOfHex("b70b 0800 00000000"),
    ),
    // The third task of five has a record of no known type where CPU belongs.
    "refused-task.img": overwritten(tree, recordNamed(tree, "CPU", 2).offset, bytesOfHex("0f27")),
    "inside.bin": concat(
      new Uint8Array(5000).fill(0x5a),
      sampleBytes("cr-1/v5p2-tiny.img"),
      new Uint8Array(3),
    ),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  mkdirSync(join(folder, "folder.img"));
}
