import { mutated } from "../../image/mutation.js";
import { samples } from "../../image/samples.js";
import { concat, withInserted, without } from "../../image/splice.js";
import { anyImage } from "../origins.js";
import type { Random } from "../random.js";
import type { Mutator } from "./mutator.js";
import { anyItem } from "./places.js";

/** The start of one image, the rest of another, joined where items begin. */
export const spliceAtItems: Mutator = (image, random) =>
  mutated(image, {
    kind: "splice",
    item: random.fraction(),
    other: random.below(samples.length),
    otherItem: random.fraction(),
  });

/** The same, joined anywhere. */
export const spliceAnywhere: Mutator = (image, random) => {
  const other = anyImage(random);
  return concat(
    image.subarray(0, random.below(image.length + 1)),
    other.subarray(random.below(other.length + 1)),
  );
};

export const truncate: Mutator = (image, random) =>
  mutated(image, { kind: "cut", at: random.once(3) ? 0.999 : random.fraction() });

/** Cut within 16 bytes of where an item begins. */
export const truncateAtItem: Mutator = (image, random) => {
  const item = anyItem(image, random);
  return item === undefined ? image : image.slice(0, item.offset + random.below(17));
};

/** Bytes that mean nothing, between items or anywhere. */
export const insertGarbage: Mutator = (image, random) => {
  const at = random.once(2) ? random.below(image.length + 1) : (anyItem(image, random)?.offset ?? 0);
  return withInserted(image, at, garbage(random));
};

/** Some bytes are missing. */
export const loseBytes: Mutator = (image, random) => {
  const at = random.below(image.length + 1);
  return without(image, at, random.pick([1, 2, 4, 8, 16, 100, 5000]));
};

/** A file of several images, with or without something between them. */
export const joinImages: Mutator = (image, random) => {
  const between = () => (random.once(2) ? new Uint8Array(0) : garbage(random));
  const other = anyImage(random);
  return concat(
    between(),
    random.once(2) ? image : other,
    between(),
    random.once(2) ? other : image,
    between(),
  );
};

/** An image, or its start, inside another. */
export const nestImage: Mutator = (image, random) => {
  const other = anyImage(random);
  const inner = random.once(2) ? other : other.subarray(0, random.below(Math.min(other.length, 600)));
  return withInserted(image, random.below(image.length + 1), inner);
};

function garbage(random: Random): Uint8Array {
  const length = random.pick([1, 3, 4, 8, 16, 64, 255, 4096, 9000]);
  return random.once(2) ? random.bytes(length) : new Uint8Array(length).fill(random.pick([0, 0xff, 0x20, 1]));
}
