import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Item } from "../../src/stream/item.js";
import type { Walked } from "./collect.js";

/**
 * Two walks of the same bytes said the same: items, findings, error. Only how many bytes of a bulk item were at hand
 * may differ; that they are the right ones is what `expectTiling` looks at.
 */
export function expectSameWalk(one: Walked, other: Walked, context = ""): void {
  const [a, b] = [one, other].map(walk => ({
    items: walk.items.map(comparable),
    findings: walk.findings,
    error: walk.error && { code: walk.error.code, message: walk.error.message, offset: walk.error.offset },
  }));
  // vitest's own comparison walks into every byte in JavaScript; it is asked only for the difference.
  if (!isDeepStrictEqual(a, b)) {
    expect(b, context).toEqual(a);
    expect.fail(`${context}: the walks differ, though vitest calls them equal`);
  }
}

/** True for items whose bytes are only looked at as far as they happen to be at hand. */
export function isBulk(item: Item): boolean {
  if (item.kind === "raw") return item.block.extent === true;
  return item.kind === "gap" || (item.kind === "unknown" && item.header === undefined);
}

function comparable(item: Item): object {
  const { kind, offset, length, path } = item;
  const place = { kind, offset, length, path };
  if (item.kind === "gap") return place;
  const { index, offset: start, dialect, why } = item.image;
  const inside = { ...place, image: { index, start, dialect: dialect.name, why } };
  switch (item.kind) {
    case "record": {
      const { header, name, table, counts } = item;
      const fields = Object.entries(item.fields).map(([field, value]) => [field, plain(value)]);
      return {
        ...inside,
        header,
        name,
        counts,
        size: table.size,
        fields,
        excess: plain(item.excess),
      };
    }
    case "raw": {
      const { name, count, first, bytes } = item;
      return { ...inside, name, count, first, bytes: isBulk(item) ? undefined : plain(bytes) };
    }
    case "unknown":
      return { ...inside, header: item.header, bytes: isBulk(item) ? undefined : plain(item.bytes) };
  }
}

/** A file's bytes come as a Buffer, which compares unlike to the same bytes in an array. */
function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}
