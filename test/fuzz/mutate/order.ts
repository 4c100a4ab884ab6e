import { mutated } from "../../image/mutation.js";
import { concat, withInserted, without } from "../../image/splice.js";
import type { Mutator } from "./mutator.js";
import { anyItem } from "./places.js";

export const dropItem: Mutator = (image, random) => mutated(image, { kind: "drop", item: random.fraction() });

export const duplicateItem: Mutator = (image, random) =>
  mutated(image, { kind: "duplicate", item: random.fraction() });

export const swapItems: Mutator = (image, random) =>
  mutated(image, { kind: "swap", item: random.fraction() });

/** An item stands somewhere else. */
export const moveItem: Mutator = (image, random) => {
  const moved = anyItem(image, random);
  const target = anyItem(image, random);
  if (moved === undefined || target === undefined) return image;
  const { offset, length } = moved;
  const rest = without(image, offset, length);
  const at = target.offset > offset ? target.offset - length : target.offset;
  return withInserted(rest, Math.max(0, at), image.subarray(offset, offset + length));
};

/** A stretch of items stands there several times. */
export const repeatItems: Mutator = (image, random) => {
  const first = anyItem(image, random);
  const last = anyItem(image, random);
  if (first === undefined || last === undefined || last.offset < first.offset) return image;
  const end = last.offset + last.length;
  const stretch = image.subarray(first.offset, end);
  const times = Math.min(random.between(1, 20), Math.floor(200_000 / stretch.length));
  return concat(image.subarray(0, end), ...Array.from({ length: times }, () => stretch), image.subarray(end));
};
