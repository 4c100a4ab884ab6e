import type { ByteOrder } from "./abi.js";
import type { Field, IntegerKind } from "./field.js";
import { accessors, integerKindOf, isLittle } from "./integer.js";
import type { Decode, Encode, LayoutField } from "./layout.js";
import { misfit } from "./misfit.js";
import { decodeText, trimNuls } from "./text.js";
import { writeBytes, writeText } from "./write-bytes.js";

/**
 * Tables become straight-line functions, as one would write them by hand: no loop over fields, no lookup by name.
 * The source is made from our own tables only; nothing from an image reaches it. Where code may not be made from text,
 * interpret.ts does the same.
 *
 * binary-parser's compiled parsers were measured first (`npm run bench -- --row codec`): it adds and deletes `$parent`
 * and `$root` on each top-level parse, which left it below the floor of 0.2 of a hand-written loop for single records.
 * It stays as the second opinion: see binary-parser.ts.
 */
type Values = Record<string, unknown>;

/** The test a value `x` must pass to fit. asUintN is the fastest for 64 bits: 0.64 of an unchecked loop, comparisons 0.50. */
const fits: Readonly<Record<IntegerKind, string>> = {
  u8: "typeof x === 'number' && (x & 0xff) === x",
  u16: "typeof x === 'number' && (x & 0xffff) === x",
  u32: "typeof x === 'number' && (x >>> 0) === x",
  s16: "typeof x === 'number' && ((x << 16) >> 16) === x",
  s32: "typeof x === 'number' && (x | 0) === x",
  u64: "typeof x === 'bigint' && BigInt.asUintN(64, x) === x",
};

/** The decoder of a layout, as code of its own. */
export function compileDecoder(layout: readonly LayoutField[], order: ByteOrder): Decode<Values> {
  const read = (field: Field, offset: number): string => {
    const at = `p + ${offset}`;
    if (field.kind === "bytes" || field.kind === "text") {
      const size = field.rest ? `n - ${offset}` : `${field.size}`;
      const view = `new Uint8Array(v.buffer, v.byteOffset + ${at}, ${size})`;
      if (field.kind === "bytes") return view;
      return field.rest ? `decodeText(${view})` : `trimNuls(decodeText(${view}))`;
    }
    if (field.kind === "array") {
      const { element, count } = field as Required<Field>;
      return `[${Array.from({ length: count }, (_, i) => read(element, offset + i * element.size)).join(", ")}]`;
    }
    return `v.${accessors[integerKindOf(field)].get}(${at}, ${isLittle(field, order)})`;
  };
  const members = layout.map(({ name, field, offset }) => `${JSON.stringify(name)}: ${read(field, offset)}`);
  const source = `return (v, p, n) => ({ ${members.join(", ")} });`;
  return new Function("decodeText", "trimNuls", source)(decodeText, trimNuls);
}

/** The encoder of a layout, as code of its own. `table` is its name in errors. */
export function compileEncoder(
  table: string,
  layout: readonly LayoutField[],
  order: ByteOrder,
): Encode<Values> {
  const write = (name: string, value: string, field: Field, offset: number): string => {
    const label = JSON.stringify(`${table}.${name}`);
    const at = `p + ${offset}`;
    if (field.kind === "bytes" || field.kind === "text") {
      const size = field.rest ? "undefined" : field.size;
      return `${field.kind === "bytes" ? "writeBytes" : "writeText"}(v, ${at}, ${size}, ${value}, ${label});`;
    }
    if (field.kind === "array") {
      const { element, count } = field as Required<Field>;
      const parts = Array.from({ length: count }, (_, i) =>
        write(`${name}[${i}]`, `${value}[${i}]`, element, offset + i * element.size),
      );
      return `if (${value}?.length !== ${count}) misfit(${value}, ${label}, "list of ${count}"); ${parts.join(" ")}`;
    }
    const kind = integerKindOf(field);
    const { set } = accessors[kind];
    return `{ const x = ${value}; if (!(${fits[kind]})) misfit(x, ${label}, "${kind}"); v.${set}(${at}, x, ${isLittle(field, order)}); }`;
  };
  const body = layout.map(({ name, field, offset }) =>
    write(name, `f[${JSON.stringify(name)}]`, field, offset),
  );
  const source = `return (v, p, f) => { ${body.join("\n")} };`;
  return new Function("misfit", "writeBytes", "writeText", source)(misfit, writeBytes, writeText);
}
