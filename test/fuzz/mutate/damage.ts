import { anyImage } from "../origins.js";
import type { Random } from "../random.js";
import { INPUT_MOST } from "../target.js";
import { flipAnywhere, flipInHeader, flipInPayload } from "./bits.js";
import { lieAboutCount } from "./counts.js";
import { changeElement, changeField, changeHeader } from "./fields.js";
import { flood } from "./flood.js";
import { lieAboutLength } from "./lengths.js";
import type { Mutator } from "./mutator.js";
import { replaceName, spoilName } from "./names.js";
import { dropItem, duplicateItem, moveItem, repeatItems, swapItems } from "./order.js";
import {
  insertGarbage,
  joinImages,
  loseBytes,
  nestImage,
  spliceAnywhere,
  spliceAtItems,
  truncate,
  truncateAtItem,
} from "./splices.js";
import { plantVdso } from "./vdso.js";

const mutators: readonly Mutator[] = [
  flipAnywhere,
  flipInHeader,
  flipInPayload,
  // What crimg must not believe is what it is lied to about most.
  lieAboutLength,
  lieAboutLength,
  lieAboutCount,
  lieAboutCount,
  changeField,
  changeHeader,
  changeElement,
  dropItem,
  duplicateItem,
  swapItems,
  moveItem,
  repeatItems,
  spliceAtItems,
  spliceAnywhere,
  truncate,
  truncateAtItem,
  insertGarbage,
  loseBytes,
  joinImages,
  nestImage,
  spoilName,
  replaceName,
];

/** How many mutations stand one on the other: mostly one or two, so that most of an image is read. */
const depths = [1, 1, 1, 2, 2, 3, 4, 6, 9];

/** An image that is sound, once in twelve times, or damaged in several ways. */
export function damagedImage(random: Random): Uint8Array {
  const depth = random.once(12) ? 0 : random.pick(depths);
  let image = anyImage(random);
  for (let i = 0; i < depth && image.length < INPUT_MOST; i++) image = random.pick(mutators)(image, random);
  return clamped(image);
}

/** A sound image but for its names, its order or a value: what crimg has nothing against must be handled well, too. */
export function oddImage(random: Random): Uint8Array {
  const mild = [plantVdso, spoilName, replaceName, joinImages, changeField, flipInPayload, changeElement];
  let image = anyImage(random);
  for (let i = random.below(4); i > 0; i--) image = random.pick(mild)(image, random);
  return clamped(image);
}

/** As large an input as there may be, mostly of one kind of item. */
export function floodedImage(random: Random): Uint8Array {
  let image = anyImage(random);
  if (random.once(4)) image = random.pick(mutators)(image, random);
  image = flood(image, random);
  if (random.once(4))
    image = random.pick([flipInHeader, truncate, insertGarbage, lieAboutCount])(image, random);
  return clamped(image);
}

function clamped(image: Uint8Array): Uint8Array {
  return image.length > INPUT_MOST ? image.slice(0, INPUT_MOST) : image;
}
