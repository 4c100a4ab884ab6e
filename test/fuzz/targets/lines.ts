import { expect } from "vitest";
import { formats } from "../../../src/formats/registry.js";
import { Image } from "../../../src/image.js";
import { decodeLines } from "../../../src/index.js";
import { bytesSource } from "../../../src/source/source.js";
import type { Item } from "../../../src/stream/item.js";
import { damageOf } from "../../convert/parts.js";
import { schemaCheck } from "../../dump/schema-check.js";
import { streamOf } from "../../image/chunked.js";
import { collect, errors } from "../../image/collect.js";
import { decoded, encoded } from "../../lines/there-and-back.js";
import { damagedImage } from "../mutate/damage.js";
import { errorText, outcomeOf, outcomeOfAsync } from "../outcome.js";
import type { Target } from "../target.js";
import { anyChunk, anyPlace, placeOf } from "./place.js";
import { preadOf } from "./pread.js";

/** Bytes of a line at most, as decode promises. */
const LINE_MOST = 1024 * 1024;

/** Any image can be written as lines and comes back from them. */
export const linesTarget: Target = {
  name: "lines",
  property: "decode -> encode is byte for byte the same, and counts that are mended stay as they are",
  input: "image",
  make(random) {
    const input = damagedImage(random);
    const pages = random.pick(["inline", "inline", "file", "none"]);
    return { input, options: { ...anyPlace(input, random), pages, chunk: anyChunk(random) } };
  },
  async check({ input, options }, calls) {
    const { pages = "inline", chunk = 321 } = options as {
      pages?: "inline" | "file" | "none";
      chunk?: number;
    };
    const how = { ...placeOf(options), pages };
    const made = outcomeOf(() => calls.timed("decode", () => decoded(preadOf(input), how)));
    const image = new Image(bytesSource(input), {}, formats);
    const later = await outcomeOfAsync(() => decodedLater(image, how));
    expect(errorText(later)).toBe(errorText(made));
    if (made.value === undefined) return;
    const { lines } = made.value;
    expect(later.value).toEqual(lines);
    expectLines(lines);

    const walked = collect(input, placeOf(options));
    const [first] = walked.items;
    const last = walked.items.at(-1);
    const expected =
      first && last ? input.subarray(first.offset, last.offset + last.length) : new Uint8Array(0);
    const contents = pages === "none" ? extentsOf(walked.items, input) : made.value.pages;
    const source = pages === "inline" ? {} : { pages: bytesSource(contents) };
    const text = Buffer.from(`${lines.join("\n")}\n`);
    const bytes = await calls.timedAsync("encode", () => encoded(streamOf(text, chunk), source));
    expect(Buffer.compare(bytes, expected), "decode -> encode").toBe(0);

    const mended = await outcomeOfAsync(() => encoded(lines, { ...source, fixCounts: true }));
    if (mended.value === undefined || pages !== "inline") return;
    if (errors(walked).length === 0) expect(damageOf(mended.value), "sound with counts mended").toEqual([]);
  },
};

async function decodedLater(image: Image, how: Parameters<typeof decodeLines>[1]): Promise<string[]> {
  const lines: string[] = [];
  for await (const part of decodeLines(image, how)) if (typeof part === "string") lines.push(part);
  return lines;
}

const checkLine = schemaCheck("image-line.schema.json");

function expectLines(lines: readonly string[]): void {
  for (const line of lines) {
    if (line.length > LINE_MOST || line.includes("\n")) expect.fail(`${line.length} characters in a line`);
    const value = JSON.parse(line) as { kind: string; name?: string };
    checkLine(value, `a line of ${value.kind} ${value.name ?? ""}`);
  }
}

/** The page contents, one after the other. */
function extentsOf(items: readonly Item[], input: Uint8Array): Uint8Array {
  const extents = items.filter(item => item.kind === "raw" && item.block.extent === true);
  return Buffer.concat(extents.map(({ offset, length }) => input.subarray(offset, offset + length)));
}
