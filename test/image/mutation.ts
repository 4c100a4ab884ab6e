import fc from "fast-check";
import type { Item } from "../../src/stream/item.js";
import { collect } from "./collect.js";
import { samples } from "./samples.js";
import { concat, littleEndian, overwritten, without } from "./splice.js";

/** One way to damage an image. Places are fractions, so that a mutation means something for an image of any length. */
export type Mutation =
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | {
      readonly kind: "number";
      readonly item: number;
      readonly within: number;
      readonly size: 2 | 4 | 8;
      readonly value: bigint;
    }
  | { readonly kind: "drop" | "duplicate" | "swap"; readonly item: number }
  | { readonly kind: "splice"; readonly item: number; readonly other: number; readonly otherItem: number }
  | { readonly kind: "cut"; readonly at: number };

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const edges = [0n, 1n, 2n, 3n, 7n, 8n, 0x7fn, 0xffn, 0x1000n, 0x7fffn, 0x8000n, 0xffffn]
  .concat([0x7fffffffn, 0x80000000n, 0xffffffffn, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n])
  // The numbers of records, of this dialect and of others.
  .concat([101n, 102n, 103n, 104n, 201n, 202n, 203n, 204n, 301n, 302n, 303n, 5001n]);

/** A mutation that knows where records begin. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: fraction, bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant("number" as const),
    item: fraction,
    // Type, len, parent, and the first fields of the payload.
    within: fc.constantFrom(0, 2, 4, 8, 12, 16, 24),
    size: fc.constantFrom(2 as const, 4 as const, 8 as const),
    value: fc.constantFrom(...edges),
  }),
  fc.record({
    kind: fc.constantFrom("drop" as const, "duplicate" as const, "swap" as const),
    item: fraction,
  }),
  fc.record({
    kind: fc.constant("splice" as const),
    item: fraction,
    other: fc.nat(samples.length - 1),
    otherItem: fraction,
  }),
  fc.record({ kind: fc.constant("cut" as const), at: fraction }),
);

/** The image, damaged. */
export function mutated(bytes: Uint8Array, change: Mutation): Uint8Array {
  if (bytes.length === 0) return bytes;
  switch (change.kind) {
    case "flip": {
      const at = Math.floor(change.at * bytes.length);
      return overwritten(bytes, at, Uint8Array.of(bytes[at]! ^ (1 << change.bit)));
    }
    case "number": {
      const { offset } = itemAt(bytes, change.item);
      const at = Math.min(offset + change.within, bytes.length);
      return overwritten(bytes, at, littleEndian(change.value, change.size));
    }
    case "drop": {
      const { offset, length } = itemAt(bytes, change.item);
      return without(bytes, offset, length);
    }
    case "duplicate": {
      const { offset, length } = itemAt(bytes, change.item);
      const end = offset + length;
      return concat(bytes.subarray(0, end), bytes.subarray(offset));
    }
    case "swap": {
      const first = itemAt(bytes, change.item);
      const middle = first.offset + first.length;
      const second = itemsOf(bytes).find(({ offset }) => offset === middle);
      if (second === undefined) return bytes;
      const end = middle + second.length;
      return concat(
        bytes.subarray(0, first.offset),
        bytes.subarray(middle, end),
        bytes.subarray(first.offset, middle),
        bytes.subarray(end),
      );
    }
    case "splice": {
      const other = samples[change.other]!.bytes;
      const here = itemAt(bytes, change.item).offset;
      return concat(bytes.subarray(0, here), other.subarray(itemAt(other, change.otherItem).offset));
    }
    case "cut":
      return bytes.slice(0, Math.floor(change.at * bytes.length));
  }
}

function itemAt(bytes: Uint8Array, place: number): Pick<Item, "offset" | "length"> {
  const items = itemsOf(bytes);
  return items[Math.floor(place * items.length)] ?? { offset: 0, length: bytes.length };
}

// The latest only: several mutations of one image ask for the same items.
let latest: { bytes: Uint8Array; items: readonly Item[] } | undefined;

function itemsOf(bytes: Uint8Array): readonly Item[] {
  if (latest?.bytes !== bytes) latest = { bytes, items: collect(bytes).items };
  return latest.items;
}
