import fc from "fast-check";
import { array, bytes, type Field, pad, s16, s32, text, u8, u16, u32, u64 } from "../../src/codec/field.js";
import { type Table, table } from "../../src/codec/table.js";

/** Random tables: fields of every kind, arrays of arrays among them, the last one often the rest of the payload. */
export function arbitraryTable(): fc.Arbitrary<Table> {
  const last = fc.option(fc.constantFrom(bytes("rest", ""), text("rest", "")), { nil: undefined });
  return fc.tuple(fc.array(arbitraryField(2), { maxLength: 6 }), last).map(([fields, rest]) => {
    const all = rest === undefined ? fields : [...fields, rest];
    const head = { name: "RECORD", struct: "", doc: "", source: "" };
    return table(head, Object.fromEntries(all.map((field, i) => [`f${i}`, field])));
  });
}

function arbitraryField(depth: number): fc.Arbitrary<Field> {
  const integer = fc
    .tuple(fc.constantFrom(u8, u16, u32, u64, s16, s32), fc.constantFrom({}, { show: "hex" } as const))
    .map(([make, hints]): Field => make("", hints));
  const size = fc.integer({ min: 1, max: 6 });
  const plain: fc.Arbitrary<Field>[] = [
    integer,
    fc.constantFrom<Field>(pad(1), pad(2), pad(4)),
    size.map(n => bytes(n, "")),
    size.map(n => text(n, "")),
  ];
  if (depth === 0) return fc.oneof(...plain);
  const list = fc
    .tuple(arbitraryField(depth - 1), fc.nat(4))
    .map(([element, count]) => array(element, count, ""));
  return fc.oneof(...plain, list);
}
