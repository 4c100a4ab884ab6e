import fc from "fast-check";
import type { Field } from "../../src/codec/field.js";
import type { BoundTable, Placed, Shape, Table, Values } from "../../src/codec/table.js";
import { decodeText, trimNuls } from "../../src/codec/text.js";

/** Random values of a table, extremes of every field among them. Text is made from random bytes, mostly not UTF-8. */
export function arbitraryValues<S extends Shape>(table: Table<S> | BoundTable<S>): fc.Arbitrary<Values<S>> {
  const members = table.layout.map(({ name, field }) => [name, arbitraryValue(field)]);
  return fc.record(Object.fromEntries(members)) as fc.Arbitrary<Values<S>>;
}

/** Random payloads: of the table's size, or of any length where the last field takes the rest. */
export function arbitraryPayload(table: Placed): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: table.size, maxLength: table.size + (table.variable ? 80 : 0) });
}

function arbitraryValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "u64":
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case "s16":
    case "s32":
      return fc.integer({ min: -(2 ** (8 * field.size - 1)), max: 2 ** (8 * field.size - 1) - 1 });
    case "bytes":
      return field.rest
        ? fc.uint8Array({ maxLength: 80 })
        : fc.uint8Array({ minLength: field.size, maxLength: field.size });
    case "text": {
      const text = fc.uint8Array({ maxLength: field.rest ? 80 : field.size }).map(decodeText);
      return field.rest ? text : text.map(trimNuls);
    }
    case "array":
      return fc.array(arbitraryValue(field.element!), { minLength: field.count!, maxLength: field.count! });
    default:
      return fc.integer({ min: 0, max: 2 ** (8 * field.size) - 1 });
  }
}
