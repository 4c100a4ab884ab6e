import fc from "fast-check";
import type { Abi } from "../../src/codec/abi.js";
import {
  array,
  bytes,
  type DeclaredField,
  long,
  pad,
  s16,
  s32,
  text,
  u8,
  u16,
  u32,
  u64,
} from "../../src/codec/field.js";
import { type Table, table } from "../../src/codec/table.js";

/** Any abi of the two byte orders and word sizes. */
export const arbitraryAbi: fc.Arbitrary<Abi> = fc.record({
  order: fc.constantFrom("little", "big"),
  word: fc.constantFrom(4, 8),
  page: fc.constantFrom(4096, 65536),
  arch: fc.constantFrom("i386", "ppc64"),
});

/**
 * Random tables: fields of every kind, longs, fields with a byte order of their own and arrays of arrays among them, the
 * last one often the rest of the payload.
 */
export function arbitraryTable(): fc.Arbitrary<Table> {
  const last = fc.option(fc.constantFrom(bytes("rest", ""), text("rest", "")), { nil: undefined });
  return fc.tuple(fc.array(arbitraryField(2), { maxLength: 6 }), last).map(([fields, rest]) => {
    const all = rest === undefined ? fields : [...fields, rest];
    const head = { name: "RECORD", struct: "", doc: "", source: "" };
    return table(head, Object.fromEntries(all.map((field, i) => [`f${i}`, field])));
  });
}

function arbitraryField(depth: number): fc.Arbitrary<DeclaredField> {
  const hints = fc.constantFrom({}, {}, { show: "hex" }, { order: "little" }, { order: "big" } as const);
  const integer = fc
    .tuple(fc.constantFrom(u8, u16, u32, u64, s16, s32, long), hints)
    .map(([make, said]): DeclaredField => make("", said));
  const size = fc.integer({ min: 1, max: 6 });
  const plain: fc.Arbitrary<DeclaredField>[] = [
    integer,
    fc.constantFrom<DeclaredField>(pad(1), pad(2), pad(4)),
    size.map(n => bytes(n, "")),
    size.map(n => text(n, "")),
  ];
  if (depth === 0) return fc.oneof(...plain);
  const list = fc
    .tuple(arbitraryField(depth - 1), fc.integer({ min: 1, max: 4 }))
    .map(([element, count]) => array(element as never, count, "") as DeclaredField);
  return fc.oneof(...plain, list);
}
