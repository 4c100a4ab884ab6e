import { header } from "../../../src/formats/cr/records.js";
import { mutated } from "../../image/mutation.js";
import { overwritten } from "../../image/splice.js";
import type { Mutator } from "./mutator.js";
import { anyRecord } from "./places.js";

/** One bit, anywhere: in most images that is in a page. */
export const flipAnywhere: Mutator = (image, random) =>
  mutated(image, { kind: "flip", at: random.fraction(), bit: random.below(8) });

/** One bit of a record's header. */
export const flipInHeader: Mutator = (image, random) => {
  const record = anyRecord(image, random);
  return record === undefined ? image : flipped(image, record.offset, header.size, random.below);
};

/** One bit of a record's payload. */
export const flipInPayload: Mutator = (image, random) => {
  const record = anyRecord(image, random);
  if (record === undefined || record.length <= header.size) return image;
  return flipped(image, record.offset + header.size, record.length - header.size, random.below);
};

function flipped(image: Uint8Array, offset: number, length: number, below: (limit: number) => number) {
  const at = offset + below(length);
  return overwritten(image, at, Uint8Array.of(image[at]! ^ (1 << below(8))));
}
