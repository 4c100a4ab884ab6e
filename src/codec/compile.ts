import { CrimgError } from "../errors.js";
import type { ByteOrder, Field, FieldKind } from "./field.js";
import type { Decode, Encode, LayoutField } from "./table.js";
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

/** The test a number must pass to fit; `x` is the value. */
const fits: Partial<Record<FieldKind, string>> = {
  u8: "(x & 0xff) === x",
  u16: "(x & 0xffff) === x",
  u32: "(x >>> 0) === x",
  s16: "((x << 16) >> 16) === x",
  s32: "(x | 0) === x",
  u64: "typeof x === 'bigint' && x >= 0n && x <= 0xffffffffffffffffn",
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
      const room = field.rest ? `v.byteLength - (${at})` : `${field.size}`;
      return `put(v, ${at}, ${room}, ${value}, ${label});`;
    }
    if (field.kind === "array") {
      const { element, count } = field as Required<Field>;
      const parts = Array.from({ length: count }, (_, i) =>
        write(`${name}[${i}]`, `a[${i}]`, element, offset + i * element.size),
      );
      return `{ const a = ${value}; ${parts.join(" ")} }`;
    }
    const kind = scalar(field);
    const setter = getters[kind]!.replace("get", "set");
    return `{ const x = ${value}; if (!(${fits[kind]})) misfit(x, ${label}, "${kind}"); v.${setter}(${at}, x, ${little}); }`;
  };
  const body = layout.map(({ name, field, offset }) =>
    write(name, `f[${JSON.stringify(name)}]`, field, offset),
  );
  return new Function("misfit", "put", `return (v, p, f) => { ${body.join("\n")} };`)(misfit, put);
}

function scalar(field: Field): FieldKind {
  return field.kind === "pad" ? padKinds[field.size]! : field.kind;
}

function misfit(value: unknown, label: string, kind: FieldKind): never {
  const found = typeof value === "bigint" ? `${value}` : (JSON.stringify(value) ?? String(value));
  throw new CrimgError("out-of-range", `${label} is a ${kind}, ${found} does not fit`);
}

function put(view: DataView, at: number, room: number, value: Uint8Array | string, label: string): void {
  const bytes = typeof value === "string" ? encodeText(value) : value;
  if (!(bytes instanceof Uint8Array)) misfit(value, label, "bytes");
  if (bytes.length > room) {
    throw new CrimgError("out-of-range", `${label} has room for ${room} bytes, ${bytes.length} given`);
  }
  const target = new Uint8Array(view.buffer, view.byteOffset + at, room);
  target.set(bytes);
  target.fill(0, bytes.length);
}
