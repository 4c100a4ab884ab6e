import { concat } from "../../image/splice.js";
import { INPUT_MOST } from "../target.js";
import { lieAboutCount } from "./counts.js";
import { changeField } from "./fields.js";
import { lieAboutLength } from "./lengths.js";
import type { Mutator } from "./mutator.js";
import { anyItem, anyRecord, itemsOf } from "./places.js";

/**
 * A few items, damaged or not, stand there again and again until the input is as large as it may be: what takes a step
 * too many with each item takes long with a hundred thousand of them.
 */
export const flood: Mutator = (image, random) => {
  const lie = random.pick([lieAboutCount, lieAboutLength, changeField, (bytes: Uint8Array) => bytes]);
  const damaged = lie(image, random);
  const first = random.once(2) ? anyRecord(damaged, random) : anyItem(damaged, random);
  if (first === undefined) return image;
  const items = itemsOf(damaged);
  const last = items[items.indexOf(first) + random.pick([0, 0, 0, 1, 2, 5])] ?? first;
  const end = last.offset + last.length;
  const stretch = damaged.subarray(first.offset, Math.min(end, first.offset + 10_000));
  const start = damaged.subarray(0, first.offset);
  const rest = random.once(2) ? damaged.subarray(end) : new Uint8Array(0);
  const room = INPUT_MOST - start.length - rest.length;
  const times = Math.max(1, Math.floor(room / stretch.length / random.pick([1, 1, 2, 8])));
  const repeated = new Uint8Array(times * stretch.length);
  for (let i = 0; i < times; i++) repeated.set(stretch, i * stretch.length);
  return concat(start, repeated, rest);
};
