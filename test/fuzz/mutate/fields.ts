import { littleEndian, overwritten, withField } from "../../image/splice.js";
import type { Random } from "../random.js";
import { edges } from "./edges.js";
import type { Mutator } from "./mutator.js";
import { anyRecord, itemsOf } from "./places.js";

/** Another number in any field of a record. */
export const changeField: Mutator = (image, random) => {
  const record = anyRecord(image, random);
  if (record === undefined || record.table.layout.length === 0) return image;
  const { name, size } = random.pick(record.table.layout);
  const before = (record.fields as unknown as Record<string, unknown>)[name];
  if (typeof before !== "number" && typeof before !== "bigint") return image;
  return withField(image, record, name, otherNumber(BigInt(before), size, random));
};

/** A number that is far off, or near what it was. */
function otherNumber(before: bigint, size: number, random: Random): bigint {
  switch (random.below(4)) {
    case 0:
      return before ^ (1n << BigInt(random.below(8 * size)));
    case 1:
      return before + BigInt(random.between(-3, 3));
    case 2:
      return BigInt(random.below(40));
    default:
      return random.pick(edges);
  }
}

/** Another type, or another parent, of a record. */
export const changeHeader: Mutator = (image, random) => {
  const record = anyRecord(image, random);
  if (record === undefined) return image;
  const { types } = record.image.dialect;
  const numbers = [...Object.values(types).map(BigInt), ...edges];
  const value = random.pick(numbers);
  return random.once(3)
    ? overwritten(image, record.offset + 4, littleEndian(value, 4))
    : overwritten(image, record.offset, littleEndian(value, 2));
};

/** Another number in a raw block: an address, a pid, a descriptor. */
export const changeElement: Mutator = (image, random) => {
  const blocks = itemsOf(image).filter(item => item.kind === "raw" && item.block.element !== undefined);
  if (blocks.length === 0) return image;
  const { offset, length } = random.pick(blocks);
  const word = 4 * random.below(Math.max(1, length / 4));
  return overwritten(image, offset + word, littleEndian(random.pick(edges), random.pick([4, 8])));
};
