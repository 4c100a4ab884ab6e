import type { ByteOrder } from "./abi.js";
import type { Field, IntegerKind } from "./field.js";
import { accessors, integerKindOf, isLittle } from "./integer.js";
import type { Decode, Encode, LayoutField } from "./layout.js";
import { misfit } from "./misfit.js";
import { decodeText, trimNuls } from "./text.js";
import { writeBytes, writeText } from "./write-bytes.js";

/**
 * What compile.ts makes of a layout, without making code: a loop over its fields. Slower, and the same to the letter of
 * each error; test/codec/interpret.test.ts holds the two to each other.
 */
type Values = Record<string, unknown>;
type Read = Decode<unknown>;
type Write = (view: DataView, at: number, value: unknown) => void;

const fits: Readonly<Record<IntegerKind, (x: unknown) => boolean>> = {
  u8: x => typeof x === "number" && (x & 0xff) === x,
  u16: x => typeof x === "number" && (x & 0xffff) === x,
  u32: x => typeof x === "number" && x >>> 0 === x,
  s16: x => typeof x === "number" && (x << 16) >> 16 === x,
  s32: x => typeof x === "number" && (x | 0) === x,
  u64: x => typeof x === "bigint" && BigInt.asUintN(64, x) === x,
};

/** The decoder of a layout, as a loop over its fields. */
export function interpretDecoder(layout: readonly LayoutField[], order: ByteOrder): Decode<Values> {
  const members = layout.map(({ name, field, offset }) => ({ name, read: reader(field, offset, order) }));
  return (view, at, length) => {
    const values: Values = {};
    for (const { name, read } of members) values[name] = read(view, at, length);
    return values;
  };
}

/** The encoder of a layout, as a loop over its fields. `table` is its name in errors. */
export function interpretEncoder(
  table: string,
  layout: readonly LayoutField[],
  order: ByteOrder,
): Encode<Values> {
  const members = layout.map(({ name, field, offset }) => ({
    name,
    write: writer(`${table}.${name}`, field, offset, order),
  }));
  return (view, at, values) => {
    for (const { name, write } of members) write(view, at, values[name]);
  };
}

function reader(field: Field, offset: number, order: ByteOrder): Read {
  const { kind, size, rest } = field;
  if (kind === "bytes" || kind === "text") {
    const bytesOf = (view: DataView, at: number, length: number) =>
      new Uint8Array(view.buffer, view.byteOffset + at + offset, rest ? length - offset : size);
    if (kind === "bytes") return bytesOf;
    if (rest) return (view, at, length) => decodeText(bytesOf(view, at, length));
    return (view, at, length) => trimNuls(decodeText(bytesOf(view, at, length)));
  }
  if (kind === "array") {
    const { element, count } = field as Required<Field>;
    const elements = Array.from({ length: count }, (_, i) =>
      reader(element, offset + i * element.size, order),
    );
    return (view, at, length) => elements.map(read => read(view, at, length));
  }
  const little = isLittle(field, order);
  const { get } = accessors[integerKindOf(field)];
  return (view, at) => view[get](at + offset, little);
}

function writer(label: string, field: Field, offset: number, order: ByteOrder): Write {
  const { kind, size, rest } = field;
  if (kind === "bytes" || kind === "text") {
    const write = kind === "bytes" ? writeBytes : writeText;
    return (view, at, value) => write(view, at + offset, rest ? undefined : size, value, label);
  }
  if (kind === "array") {
    const { element, count } = field as Required<Field>;
    const elements = Array.from({ length: count }, (_, i) =>
      writer(`${label}[${i}]`, element, offset + i * element.size, order),
    );
    return (view, at, value) => {
      const list = value as unknown[] | undefined;
      if (list?.length !== count) misfit(value, label, `list of ${count}`);
      for (const [i, write] of elements.entries()) write(view, at, list[i]);
    };
  }
  const little = isLittle(field, order);
  const integer = integerKindOf(field);
  const { set } = accessors[integer];
  return (view, at, value) => {
    if (!fits[integer](value)) misfit(value, label, integer);
    // One signature for all setters: the value has just been seen to be of the right type.
    (view[set] as (at: number, value: unknown, little: boolean) => void)(at + offset, value, little);
  };
}
