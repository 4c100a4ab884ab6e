import { CrimgError } from "../errors.js";
import type { Abi, ByteOrder } from "./abi.js";
import { mayGenerateCode } from "./code-generation.js";
import { compileDecoder, compileEncoder } from "./compile.js";
import type { DeclaredField } from "./field.js";
import { interpretDecoder, interpretEncoder } from "./interpret.js";
import type { Decode, Encode, LayoutField } from "./layout.js";
import { needsAbi, placeFields } from "./place-fields.js";

/** The fields of a table in the order of their bytes, by their C names. */
export type Shape = Readonly<Record<string, DeclaredField>>;

/**
 * The values of a table's fields: number up to 32 bits, bigint for 64, either for a long, string for text, a view for
 * bytes.
 */
export type Values<S extends Shape> = {
  -readonly [K in keyof S]: S[K] extends DeclaredField<infer T> ? T : never;
};

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

/** Where a table's fields are, which for a table without longs is the same in every image. */
export interface Placed extends TableHead {
  readonly layout: readonly LayoutField[];
  /** Bytes; where the last field takes the rest of the payload, the bytes before it. */
  readonly size: number;
  /** True if payloads of one table differ in length. */
  readonly variable: boolean;
}

/** A table in images of one abi: the same object for each abi in which it is the same. */
export interface BoundTable<S extends Shape = Shape> extends Placed {
  readonly fields: S;
  /** Made on first use. */
  readonly decode: Decode<Values<S>>;
  /** Made on first use. */
  readonly encode: Encode<Values<S>>;
}

/**
 * One payload layout: declared once, and everything that knows about it comes from here. `layout` and `size` of a table
 * that holds longs differ from image to image: to ask the table itself for them throws an Error, the programmer's.
 */
export interface Table<S extends Shape = Shape> extends Placed {
  readonly fields: S;
  /** The table in images of an abi. The byte order alone will do for a table without longs. */
  at(abi: Abi | ByteOrder): BoundTable<S>;
}

/** Declares a payload layout. */
export function table<const S extends Shape>(head: TableHead, fields: S): Table<S> {
  const hasLongs = Object.values(fields).some(needsAbi);
  const narrow = boundTables(head, fields, 4);
  const wide = hasLongs ? boundTables(head, fields, 8) : narrow;
  const { layout, size, variable } = narrow.little;
  const at = (abi: Abi | ByteOrder) => {
    if (typeof abi !== "string") return (abi.word === 8 ? wide : narrow)[abi.order];
    if (hasLongs) throw withoutAbi(head);
    return narrow[abi];
  };
  const asked = { ...head, fields, variable, at };
  if (!hasLongs) return { ...asked, layout, size };
  return {
    ...asked,
    get layout(): never {
      throw withoutAbi(head);
    },
    get size(): never {
      throw withoutAbi(head);
    },
  };
}

function withoutAbi({ name }: TableHead): Error {
  return new Error(`the layout of ${name} depends on the word size: ask ${name}.at(abi)`);
}

function boundTables<S extends Shape>(
  head: TableHead,
  fields: S,
  word: Abi["word"],
): Readonly<Record<ByteOrder, BoundTable<S>>> {
  const layout = placeFields(fields, word);
  return {
    little: new TableAt(head, fields, layout, "little"),
    big: new TableAt(head, fields, layout, "big"),
  };
}

/** A class, as its members are asked for with every record: an object with getters of its own is slow to ask. */
class TableAt<S extends Shape> implements BoundTable<S> {
  readonly name: string;
  readonly struct: string;
  readonly doc: string;
  readonly source: string;
  readonly brief?: NonNullable<TableHead["brief"]>;
  readonly size: number;
  readonly variable: boolean;
  private decoder: Decode<Values<S>> | undefined;
  private encoder: Encode<Values<S>> | undefined;

  constructor(
    { name, struct, doc, source, brief }: TableHead,
    readonly fields: S,
    readonly layout: readonly LayoutField[],
    private readonly order: ByteOrder,
  ) {
    this.name = name;
    this.struct = struct;
    this.doc = doc;
    this.source = source;
    if (brief !== undefined) this.brief = brief;
    this.size = layout.reduce((sum, { size }) => sum + size, 0);
    this.variable = layout.some(({ field }) => field.rest);
  }

  get decode(): Decode<Values<S>> {
    const { layout, order } = this;
    this.decoder ??= (mayGenerateCode() ? compileDecoder : interpretDecoder)(layout, order) as Decode<
      Values<S>
    >;
    return this.decoder;
  }

  get encode(): Encode<Values<S>> {
    const { name, layout, order } = this;
    this.encoder ??= (mayGenerateCode() ? compileEncoder : interpretEncoder)(name, layout, order);
    return this.encoder;
  }
}

/**
 * The payload's bytes for `values` in images of an abi, in a buffer of their own. `length` in bytes is needed only for
 * payloads of varying length. Throws `out-of-range` for a value that does not fit its field.
 */
export function encodeTable<S extends Shape>(
  table: Table<S>,
  values: Values<S>,
  abi: Abi | ByteOrder,
  length?: number,
): Uint8Array {
  const { size, encode } = table.at(abi);
  const bytes = new Uint8Array(length ?? size);
  encode(new DataView(bytes.buffer), 0, values);
  return bytes;
}

/** The values of the payload that `bytes` holds, of an image of this abi. Throws `truncated` if it holds less. */
export function decodeTable<S extends Shape>(
  table: Table<S>,
  bytes: Uint8Array,
  abi: Abi | ByteOrder,
): Values<S> {
  const { name, size, decode } = table.at(abi);
  if (bytes.length < size) {
    throw new CrimgError("truncated", `${name} needs ${size} bytes, ${bytes.length} given`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return decode(view, 0, bytes.byteLength);
}
