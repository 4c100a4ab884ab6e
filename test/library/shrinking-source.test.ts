import { describe, expect, test } from "vitest";
import { CrimgError } from "../../src/errors.js";
import { fill } from "../../src/source/extent.js";
import type { SyncSource } from "../../src/source/source.js";
import { planSync } from "../convert/converter.js";
import { decodeLinesSync, dump, fileParts, walkSync } from "../engines.js";
import { samples } from "../format/samples.js";
import { oneIn } from "../share.js";
import { verifySync } from "../verify/verifier.js";

/** Bytes of which only the first `length` are left from the read with this number on. */
function shrinking(bytes: Uint8Array, atRead: number, length: number): SyncSource {
  let reads = 0;
  return {
    size: bytes.length,
    seekable: true,
    read(offset, wanted) {
      const end = reads++ >= atRead ? length : bytes.length;
      return bytes.slice(Math.min(offset, end), Math.min(offset + wanted, end));
    },
  };
}

/** Reads an image to its end, in each of the ways the commands do. */
const readings: Readonly<Record<string, (source: SyncSource) => void>> = {
  walk(source) {
    let end = 0;
    for (const { offset, length } of walkSync(source)) {
      expect(offset).toBe(end);
      end = offset + length;
    }
  },
  dump: source => void dump(source, () => {}, { view: "hex" }),
  verify: source => void [...verifySync(source, {})],
  convert(source) {
    for (const step of planSync(source, {})) {
      if ("copy" in step) fill(source, step.copy.offset, new Uint8Array(step.copy.length));
    }
  },
  decode: source => void [...decodeLinesSync(source)],
  split(source) {
    for (const { offset, length } of fileParts(source)) fill(source, offset, new Uint8Array(length));
  },
};

describe.each(Object.entries(readings))("%s of a file that becomes shorter", (_, reading) => {
  test.each(oneIn(7, samples))("$dialect/$name ends, with an error of ours or without", ({ bytes }) => {
    for (let atRead = 0; atRead < 6; atRead++) {
      for (let part = 0; part < 8; part++) {
        try {
          reading(shrinking(bytes, atRead, Math.floor((bytes.length * part) / 8)));
        } catch (error) {
          expect(error).toBeInstanceOf(CrimgError);
          expect(["truncated", "malformed", "not-an-image"]).toContain((error as CrimgError).code);
        }
      }
    }
  });
});
