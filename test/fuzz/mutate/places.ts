import { CrimgError } from "../../../src/errors.js";
import { bytesSource } from "../../../src/source/source.js";
import type { Item, RecordItem } from "../../../src/stream/item.js";
import { walkSync } from "../../engines.js";
import type { Random } from "../random.js";

/** Items looked at: a mutation means something in the first ones as well. */
const ITEMS_MOST = 2000;

// The latest only: several mutations of one image ask for the same items.
let latest: { readonly image: Uint8Array; readonly items: readonly Item[] } | undefined;

/** The items of an image, damaged or not, the first 2000 of many. */
export function itemsOf(image: Uint8Array): readonly Item[] {
  if (latest?.image !== image) latest = { image, items: firstItems(image) };
  return latest.items;
}

function firstItems(image: Uint8Array): Item[] {
  const items: Item[] = [];
  try {
    for (const item of walkSync(bytesSource(image))) if (items.push(item) >= ITEMS_MOST) break;
  } catch (error) {
    if (!(error instanceof CrimgError)) throw error;
  }
  return items;
}

export function anyItem(image: Uint8Array, random: Random): Item | undefined {
  const items = itemsOf(image);
  return items.length === 0 ? undefined : random.pick(items);
}

/** Any record, each name as likely as the others: VMA and PGARR are most of an image. */
export function anyRecord(
  image: Uint8Array,
  random: Random,
  names?: readonly string[],
): RecordItem | undefined {
  const found = itemsOf(image).filter(
    (item): item is RecordItem => item.kind === "record" && (names?.includes(item.name) ?? true),
  );
  if (found.length === 0) return undefined;
  const name = random.pick([...new Set(found.map(item => item.name))]);
  return random.pick(found.filter(item => item.name === name));
}
