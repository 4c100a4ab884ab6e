import { expect } from "vitest";
import type { Item } from "../../src/stream/item.js";
import type { Walked } from "./collect.js";
import { isBulk } from "./same-walk.js";

/**
 * The items of a walk tile the input from `start` to its end: no byte twice, none left out, none of length 0; the bytes
 * an item holds are those of its place; there are no more items than the input can hold; findings stand inside it.
 */
export function expectTiling(walked: Walked, input: Uint8Array, start = 0, context = ""): void {
  const wrong = tilingFault(walked, input, start);
  if (wrong !== undefined) expect.fail(context === "" ? wrong : `${context}: ${wrong}`);
}

/**
 * What holds for any input whatever: it is tiled, or it is no image, and then nothing was yielded and the error says
 * what was looked for.
 */
export function expectTilingOrNoImage(walked: Walked, input: Uint8Array, context = ""): void {
  if (walked.error === undefined) {
    expectTiling(walked, input, 0, context);
    return;
  }
  const { code, message } = walked.error;
  expect(code, `${context}: ${message}`).toBe("not-an-image");
  expect(message.length, context).toBeGreaterThan(20);
  expect(walked.items, context).toEqual([]);
}

// A loop that expects nothing until it must: the tests come here a hundred thousand times.
function tilingFault(
  { items, findings, error }: Walked,
  input: Uint8Array,
  start: number,
): string | undefined {
  if (error !== undefined) return `the walk failed: ${error.message}`;
  let at = start;
  for (const item of items) {
    if (item.offset !== at) return `${name(item)} begins at ${item.offset}, expected ${at}`;
    if (!Number.isSafeInteger(item.length) || item.length <= 0)
      return `${name(item)} has length ${item.length}`;
    at += item.length;
    const fault = bytesFault(item, input);
    if (fault !== undefined) return `${name(item)} ${fault}`;
  }
  if (at !== input.length) return `the items end at ${at}, the input at ${input.length}`;
  // The smallest item that can stand next to another of its kind is a page address.
  if (items.length > input.length / 4 + 2) return `${items.length} items of ${input.length} bytes`;
  if (findings.length > 4 * items.length + 4)
    return `${findings.length} findings about ${items.length} items`;
  for (const { offset, message } of findings) {
    if (offset < start || offset > input.length) return `a finding at ${offset}: ${message}`;
  }
  return undefined;
}

function bytesFault(item: Item, input: Uint8Array): string | undefined {
  if (item.kind === "record") return undefined;
  const { bytes, offset, length } = item;
  if (bytes.length > length || (!isBulk(item) && bytes.length !== length)) {
    return `holds ${bytes.length} bytes of ${length}`;
  }
  const same = Buffer.compare(bytes, input.subarray(offset, offset + bytes.length)) === 0;
  return same ? undefined : "holds bytes of another place";
}

function name(item: Item): string {
  return `${item.kind} ${item.path} at 0x${item.offset.toString(16)}`;
}
