import { CrimgError } from "../errors.js";
import type { ByteOrder, Field, FieldKind } from "./field.js";
import type { Decode, Encode, LayoutField } from "./layout.js";
import { decodeText, encodeText, trimNuls } from "./text.js";

/**
 * Tables become straight-line functions, as one would write them by hand: no loop over fields, no lookup by name.
 * The source is made from our own tables only; nothing from an image reaches it.
 *
 * binary-parser's compiled parsers were measured first (`npm run bench -- --row codec`): it adds and deletes `$parent`
 * and `$root` on each top-level parse, which left it below the floor of 0.2 of a hand-written loop for single records.
 * It stays as the second opinion: see binary-parser.ts.
 */
type Values = Record<string, unknown>;

const getters: Partial<Record<FieldKind, string>> = {
  u8: "getUint8",
  u16: "getUint16",
  u32: "getUint32",
  s16: "getInt16",
  s32: "getInt32",
  u64: "getBigUint64",
};
const padKinds: Record<number, FieldKind> = { 1: "u8", 2: "u16", 4: "u32" };

/** The test a value `x` must pass to fit. asUintN is the fastest for 64 bits: 0.64 of an unchecked loop, comparisons 0.50. */
const fits: Partial<Record<FieldKind, string>> = {
  u8: "typeof x === 'number' && (x & 0xff) === x",
  u16: "typeof x === 'number' && (x & 0xffff) === x",
  u32: "typeof x === 'number' && (x >>> 0) === x",
  s16: "typeof x === 'number' && ((x << 16) >> 16) === x",
  s32: "typeof x === 'number' && (x | 0) === x",
  u64: "typeof x === 'bigint' && BigInt.asUintN(64, x) === x",
};

export function compileDecoder(layout: readonly LayoutField[], order: ByteOrder): Decode<Values> {
  const little = order === "little";
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
    return `v.${getters[scalar(field)]}(${at}, ${little})`;
  };
  const members = layout.map(({ name, field, offset }) => `${JSON.stringify(name)}: ${read(field, offset)}`);
  const source = `return (v, p, n) => ({ ${members.join(", ")} });`;
  return new Function("decodeText", "trimNuls", source)(decodeText, trimNuls);
}

export function compileEncoder(
  table: string,
  layout: readonly LayoutField[],
  order: ByteOrder,
): Encode<Values> {
  const little = order === "little";
  const write = (name: string, value: string, field: Field, offset: number): string => {
    const label = JSON.stringify(`${table}.${name}`);
    const at = `p + ${offset}`;
    if (field.kind === "bytes" || field.kind === "text") {
      const size = field.rest ? "undefined" : field.size;
      return `${field.kind === "bytes" ? "putBytes" : "putText"}(v, ${at}, ${size}, ${value}, ${label});`;
    }
    if (field.kind === "array") {
      const { element, count } = field as Required<Field>;
      const parts = Array.from({ length: count }, (_, i) =>
        write(`${name}[${i}]`, `${value}[${i}]`, element, offset + i * element.size),
      );
      return `if (${value}?.length !== ${count}) misfit(${value}, ${label}, "list of ${count}"); ${parts.join(" ")}`;
    }
    const kind = scalar(field);
    const setter = getters[kind]!.replace("get", "set");
    return `{ const x = ${value}; if (!(${fits[kind]})) misfit(x, ${label}, "${kind}"); v.${setter}(${at}, x, ${little}); }`;
  };
  const body = layout.map(({ name, field, offset }) =>
    write(name, `f[${JSON.stringify(name)}]`, field, offset),
  );
  const source = `return (v, p, f) => { ${body.join("\n")} };`;
  return new Function("misfit", "putBytes", "putText", source)(misfit, putBytes, putText);
}

function scalar(field: Field): FieldKind {
  return field.kind === "pad" ? padKinds[field.size]! : field.kind;
}

function misfit(value: unknown, label: string, kind: string): never {
  const found = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value));
  throw new CrimgError("out-of-range", `${label} is a ${kind}, ${found} does not fit`);
}

function putBytes(view: DataView, at: number, size: number | undefined, value: unknown, label: string): void {
  if (!(value instanceof Uint8Array)) misfit(value, label, "string of bytes (Uint8Array)");
  if (size !== undefined && value.length !== size) wrongLength(value.length, `exactly ${size}`, label);
  fill(view, at, value.length, value, label);
}

/** Fixed text is NUL padded; what takes the rest of a payload is written as it is. */
function putText(view: DataView, at: number, size: number | undefined, value: unknown, label: string): void {
  if (typeof value !== "string") misfit(value, label, "text");
  const bytes = encodeText(value);
  fill(view, at, size ?? bytes.length, bytes, label);
}

function fill(view: DataView, at: number, room: number, bytes: Uint8Array, label: string): void {
  const left = Math.min(room, view.byteLength - at);
  if (bytes.length > left) wrongLength(bytes.length, `at most ${left}`, label);
  const target = new Uint8Array(view.buffer, view.byteOffset + at, left);
  target.set(bytes);
  target.fill(0, bytes.length);
}

function wrongLength(found: number, expected: string, label: string): never {
  throw new CrimgError("out-of-range", `${label} takes ${expected} bytes, ${found} given`);
}
