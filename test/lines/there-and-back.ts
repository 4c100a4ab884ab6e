import { expect } from "vitest";
import type { Format } from "../../src/formats/format.js";
import { formats as known } from "../../src/formats/registry.js";
import { type DecodeOptions, decodeLinesSync } from "../../src/lines/decode.js";
import { type EncodeOptions, encodeLines, type LineChunks } from "../../src/lines/encode.js";
import { bytesSource, type SyncSource } from "../../src/source/source.js";
import type { WalkOptions } from "../../src/stream/walk.js";
import { concat } from "../image/splice.js";

/** What decode made of an image. */
export interface Decoded {
  readonly lines: readonly string[];
  /** With `pages: "file"`: the page contents. */
  readonly pages: Uint8Array;
}

export function decoded(
  from: Uint8Array | SyncSource,
  options: DecodeOptions & WalkOptions = {},
  formats: readonly Format[] = known,
): Decoded {
  const lines: string[] = [];
  const pages: Uint8Array[] = [];
  const source = from instanceof Uint8Array ? bytesSource(from) : from;
  for (const part of decodeLinesSync(source, formats, options)) {
    if (typeof part === "string") lines.push(part);
    // Only good until the next part is asked for.
    else pages.push(part.slice());
  }
  return { lines, pages: concat(...pages) };
}

/** The bytes that lines, or the pieces of their file, stand for. */
export async function encoded(
  lines: readonly string[] | LineChunks,
  options: EncodeOptions = {},
  formats: readonly Format[] = known,
) {
  const parts: Uint8Array[] = [];
  const isText = Array.isArray(lines) && lines.every(line => typeof line === "string");
  const chunks = isText ? [`${lines.join("\n")}\n`] : (lines as LineChunks);
  await encodeLines(chunks, formats, options, { write: bytes => void parts.push(bytes.slice()) });
  return concat(...parts);
}

/** Decoded and encoded, the bytes are the same. */
export async function expectSameBytes(bytes: Uint8Array, about: string, options: WalkOptions = {}) {
  const { lines } = decoded(bytes, options);
  expectEqual(await encoded(lines), bytes, about);
}

/** vitest's own comparison of large arrays takes seconds. */
export function expectEqual(found: Uint8Array, expected: Uint8Array, about = ""): void {
  if (Buffer.compare(found, expected) === 0) return;
  let at = 0;
  while (found[at] === expected[at] && at < expected.length) at++;
  expect.fail(`${about}: ${found.length} bytes, expected ${expected.length}; they differ from ${at} on`);
}

/** A line of a decoded image, as an object to be edited. */
export type EditedLine = Record<string, unknown> & { fields: Record<string, unknown> };

/** The lines with the `nth` record or block of a name changed. */
export function edited(
  lines: readonly string[],
  name: string,
  nth: number,
  change: (line: EditedLine) => void,
): string[] {
  const at = indexOfLine(lines, name, nth);
  const line = JSON.parse(lines[at]!) as EditedLine;
  change(line);
  return lines.with(at, JSON.stringify(line));
}

/** Where the `nth` record or block of a name stands. */
export function indexOfLine(lines: readonly string[], name: string, nth = 0): number {
  let left = nth;
  const at = lines.findIndex(line => (JSON.parse(line) as EditedLine)["name"] === name && left-- === 0);
  if (at < 0) throw new Error(`no line ${nth} of ${name}`);
  return at;
}
