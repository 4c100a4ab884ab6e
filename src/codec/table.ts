import { CrimgError } from "../errors.js";
import { mayGenerateCode } from "./code-generation.js";
import { compileDecoder, compileEncoder } from "./compile.js";
import type { ByteOrder, Field } from "./field.js";
import { interpretDecoder, interpretEncoder } from "./interpret.js";
import type { Decode, Encode, LayoutField } from "./layout.js";

/** The fields of a table in the order of their bytes, by their C names. */
export type Shape = Readonly<Record<string, Field>>;

/** The values of a table's fields: number up to 32 bits, bigint for 64, string for text, a view for bytes. */
export type Values<S extends Shape> = { -readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never };

/** What a table is called, and where it comes from. */
export interface TableHead {
  /** The record or raw block that has this payload, e.g. `VMA`. */
  readonly name: string;
  /** The C struct, e.g. `cr_hdr_vma`; empty where the kernel has none. */
  readonly struct: string;
  /** One sentence. */
  readonly doc: string;
  /** The posting it is taken from, e.g. `v6 4/9`. */
  readonly source: string;
  /**
   * The fields that a line about it shows, a list for each line; `name?` only if it is not 0. Default: all that hold data,
   * on one line.
   */
  readonly brief?: readonly (readonly string[])[];
}

/** One payload layout: declared once, and everything that knows about it comes from here. */
export interface Table<S extends Shape = Shape> extends TableHead {
  readonly fields: S;
  readonly layout: readonly LayoutField[];
  /** Bytes; where the last field takes the rest of the payload, the bytes before it. */
  readonly size: number;
  /** True if payloads of one table differ in length. */
  readonly variable: boolean;
  /** Compiled on first use, once per byte order. */
  decoder(order: ByteOrder): Decode<Values<S>>;
  encoder(order: ByteOrder): Encode<Values<S>>;
}

/** Declares a payload layout. */
export function table<const S extends Shape>(head: TableHead, fields: S): Table<S> {
  const layout: LayoutField[] = [];
  let offset = 0;
  for (const [name, field] of Object.entries(fields)) {
    layout.push({ name, ctype: cType(field), offset, size: field.size, field });
    offset += field.size;
  }
  const decoders: Partial<Record<ByteOrder, Decode<Values<S>>>> = {};
  const encoders: Partial<Record<ByteOrder, Encode<Values<S>>>> = {};
  return {
    ...head,
    fields,
    layout,
    size: offset,
    variable: layout.some(({ field }) => field.rest),
    decoder(order) {
      decoders[order] ??= (mayGenerateCode() ? compileDecoder : interpretDecoder)(layout, order) as Decode<
        Values<S>
      >;
      return decoders[order];
    },
    encoder(order) {
      encoders[order] ??= (mayGenerateCode() ? compileEncoder : interpretEncoder)(
        head.name,
        layout,
        order,
      ) as Encode<Values<S>>;
      return encoders[order];
    },
  };
}

/** The payload's bytes for `values`, in a buffer of their own. `length` is needed only for payloads of varying length. */
export function encodeTable<S extends Shape>(
  table: Table<S>,
  values: Values<S>,
  order: ByteOrder,
  length = table.size,
): Uint8Array {
  const bytes = new Uint8Array(length);
  table.encoder(order)(new DataView(bytes.buffer), 0, values);
  return bytes;
}

/** The values of the payload that `bytes` holds. Throws `truncated` if it holds less. */
export function decodeTable<S extends Shape>(
  table: Table<S>,
  bytes: Uint8Array,
  order: ByteOrder,
): Values<S> {
  if (bytes.length < table.size) {
    throw new CrimgError("truncated", `${table.name} needs ${table.size} bytes, ${bytes.length} given`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return table.decoder(order)(view, 0, bytes.byteLength);
}

function cType(field: Field): string {
  if (field.c !== undefined) return field.c;
  switch (field.kind) {
    case "pad":
      return "pad";
    case "text":
      return field.rest ? "char[]" : `char[${field.size}]`;
    case "bytes":
      return field.rest ? "__u8[]" : `__u8[${field.size}]`;
    case "array":
      return `${cType(field.element!)}[${field.count}]`;
    default:
      return `__${field.kind}`;
  }
}
