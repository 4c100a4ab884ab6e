import { header } from "../../../src/formats/cr/records.js";
import { withLen } from "../../image/splice.js";
import type { Mutator } from "./mutator.js";
import { anyRecord, itemsOf } from "./places.js";

/** A `len` that lies. */
export const lieAboutLength: Mutator = (image, random) => {
  const record = anyRecord(image, random);
  if (record === undefined) return image;
  const {
    header: { len },
    offset,
    length,
  } = record;
  const next = itemsOf(image).find(item => item.offset === offset + length);
  const lies = [0, 1, -1, -8, -len, 0x7fff, -0x8000, len - 1, len + 1, len - header.size, len + header.size];
  // As if the next item were a part of it.
  if (next !== undefined) lies.push(len + next.length, len + next.length);
  return withLen(image, record, random.pick(lies));
};
