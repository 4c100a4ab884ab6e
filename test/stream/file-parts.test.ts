import { describe, expect, it } from "vitest";
import { CrimgError } from "../../src/errors.js";
import { bytesSource } from "../../src/source/source.js";
import type { FilePart } from "../../src/stream/file-parts.js";
import { fileParts, soundLength } from "../engines.js";
import { pipeOf } from "../image/chunked.js";
import { chunk4196, onePerDialect, sample, samples } from "../image/samples.js";
import { concat, recordNamed, withField } from "../image/splice.js";

const partsOf = (bytes: Uint8Array) => [...fileParts(bytesSource(bytes))];
const text = (parts: readonly FilePart[]) =>
  parts.map(part => {
    const what = part.kind === "image" ? `${part.image} ${part.dialect}` : "gap";
    return `${what} ${part.offset}+${part.length}`;
  });

describe("the parts of a file", () => {
  it("tile it, with an image for each head", () => {
    const gap = new Uint8Array(300).fill(0x5a);
    const images = onePerDialect.map(({ bytes }) => bytes);
    const file = concat(gap, ...images.flatMap(bytes => [bytes, gap.subarray(0, 7)]));
    const parts = partsOf(file);
    let at = 0;
    for (const { offset, length } of parts) {
      expect(offset).toBe(at);
      at += length;
    }
    expect(at).toBe(file.length);
    const found = parts.filter(({ kind }) => kind === "image");
    expect(found.map(({ offset, length }) => file.subarray(offset, offset + length))).toEqual(images);
    expect([...fileParts(pipeOf(file))]).toEqual(parts);
  });

  it("of two checkpoints are two", () => {
    expect(text(partsOf(sample("v6-twice").bytes))).toEqual(["0 cr-2 0+22604", "1 cr-2 22604+22604"]);
  });

  it("of a damaged image go on to the next head", () => {
    const { bytes } = sample("v6-twice");
    const end = recordNamed(bytes, "FILES").offset;
    const cut = concat(bytes.subarray(0, end), bytes.subarray(22604));
    expect(text(partsOf(cut))).toEqual([`0 cr-2 0+${end}`, `1 cr-2 ${end}+22604`]);
  });
});

describe("what can be joined:", () => {
  it.each(samples.filter(({ name }) => name !== "v6-pipe"))("$name", ({ bytes }) => {
    expect(soundLength(bytesSource(bytes))).toBe(bytes.length);
  });

  it("4196 pages", () => {
    const bytes = chunk4196();
    expect(soundLength(bytesSource(bytes))).toBe(bytes.length);
  });

  const { bytes } = sample("v6-tls1");
  it.each<[string, Uint8Array, string]>([
    ["not an image", new Uint8Array(500), "not a checkpoint image"],
    ["not what is cut", bytes.subarray(0, 9000), "(task[0]"],
    ["not what lies", withField(bytes, recordNamed(bytes, "MM"), "map_count", 9), "MM.map_count is 9"],
    [
      "not what has bytes before it",
      concat(Uint8Array.of(1, 2, 3), bytes),
      "3 bytes belong to no image; crimg split leaves them out (at 0x0)",
    ],
    ["nor behind it", concat(bytes, Uint8Array.of(1)), "1 bytes belong to no image"],
  ])("%s", (_, file, message) => {
    expect(() => soundLength(bytesSource(file))).toThrow(CrimgError);
    expect(() => soundLength(bytesSource(file))).toThrow(message);
  });
});
