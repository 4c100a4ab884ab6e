import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Item } from "../../src/stream/item.js";
import type { Walked } from "./collect.js";

/**
 * Two walks of the same bytes said the same: items, findings, error. Only how many bytes of a bulk item were at hand
 * may differ; that they are the right ones is what `expectTiling` looks at.
 */
export function expectSameWalk(one: Walked, other: Walked, context = ""): void {
  const wrong = difference(one, other);
  if (wrong !== undefined) expect.fail(context === "" ? wrong : `${context}: ${wrong}`);
}

// Loops that expect nothing until they must: the tests come here a hundred thousand times.
function difference(one: Walked, other: Walked): string | undefined {
  const error = ({ error: e }: Walked) => e && { code: e.code, message: e.message, offset: e.offset };
  if (!isDeepStrictEqual(error(one), error(other))) return `${one.error} against ${other.error}`;
  if (!isDeepStrictEqual(one.findings, other.findings))
    return `${JSON.stringify(one.findings)} against ${JSON.stringify(other.findings)}`;
  if (one.items.length !== other.items.length)
    return `${one.items.length} items against ${other.items.length}`;
  for (const [index, item] of one.items.entries()) {
    const twin = other.items[index]!;
    const member = unlike(item, twin);
    if (member !== undefined)
      return `item ${index}, ${item.path} against ${twin.path}, both at ${item.offset}: not the same ${member}`;
  }
  return undefined;
}

/** The first member in which the two differ. The fields of a record are what its table makes of its bytes. */
function unlike(item: Item, twin: Item): string | undefined {
  if (item.kind !== twin.kind) return "kind";
  if (item.offset !== twin.offset || item.length !== twin.length) return "place";
  if (item.path !== twin.path) return "path";
  if (!isBulk(item) && Buffer.compare(item.bytes, twin.bytes) !== 0) return "bytes";
  if (item.kind === "gap" || twin.kind === "gap") return undefined;
  if (!isSameImage(item, twin)) return "image";
  if (item.kind === "record" && twin.kind === "record") {
    if (item.name !== twin.name || item.table !== twin.table) return "table";
    if (item.counts.length !== twin.counts.length || item.counts.some((n, i) => n !== twin.counts[i]))
      return "counts";
    if (item.excess?.length !== twin.excess?.length) return "excess";
    return isSameHeader(item, twin) ? undefined : "header";
  }
  if (item.kind === "raw" && twin.kind === "raw") {
    const isSame = item.name === twin.name && item.count === twin.count && item.first === twin.first;
    return isSame ? undefined : "elements";
  }
  return isSameHeader(item, twin) ? undefined : "header";
}

type InImage = Exclude<Item, { kind: "gap" }>;

function isSameImage({ image }: InImage, { image: twin }: InImage): boolean {
  const { index, offset, dialect, why } = image;
  return (
    index === twin.index && offset === twin.offset && dialect.name === twin.dialect.name && why === twin.why
  );
}

function isSameHeader(item: Item, twin: Item): boolean {
  const headerOf = (of: Item) => ("header" in of ? of.header : undefined);
  return isDeepStrictEqual(headerOf(item), headerOf(twin));
}

/** True for items whose bytes are only looked at as far as they happen to be at hand. */
export function isBulk(item: Item): boolean {
  if (item.kind === "raw") return item.block.extent === true;
  return item.kind === "gap" || (item.kind === "unknown" && item.header === undefined);
}
