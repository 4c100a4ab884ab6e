import type { ByteOrder } from "./abi.js";

/** An integer by sign and bits. */
export type IntegerKind = "u8" | "u16" | "u32" | "u64" | "s16" | "s32";
/** What a field is made of, once the abi is known: a long has become an integer. */
export type FieldKind = IntegerKind | "pad" | "bytes" | "text" | "array";

/** Names for single values. */
export interface Enumeration {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Names for bits, or for values under a mask: `O_RDWR` is value 2 under `O_ACCMODE` 3. */
export interface FlagSet {
  readonly name: string;
  readonly bits: Readonly<Record<string, number | { readonly mask: number; readonly value: number }>>;
}

/** What a value must be for the format to hold. Checked by whoever judges an image, never by decode. */
export type Valid =
  | { readonly equals: number | bigint }
  | { readonly min?: number | bigint; readonly max?: number | bigint };

/** When the kernel gave a field a value: only while the named field of the same record is not 0. */
export interface DefinedBy {
  readonly field: string;
}

/** How many bytes a text takes that is written anew. */
export interface TextFill {
  /** Bytes of the writer's array, all of which it writes. */
  readonly least?: number;
  /** NULs that it writes behind the text. */
  readonly nuls?: number;
  /** In words: `one NUL for a path`. */
  readonly doc: string;
}

/** What can be said of a field beside its type. */
export interface FieldHints {
  /** The C type in the kernel's struct, where it is not the usual one of the kind. */
  readonly c?: string;
  readonly enum?: Enumeration;
  readonly flags?: FlagSet;
  /** How to print the number: `address`, `hex` and `time` (seconds since the epoch); decimal otherwise. */
  readonly show?: "address" | "hex" | "octal" | "time";
  readonly unit?: "bytes" | "pages" | "seconds";
  /** The byte order, where it is the same in every image; else the abi's. In an array a hint of the element. */
  readonly order?: ByteOrder;
  readonly valid?: Valid;
  /** The kernel never sets these bytes: `true`, or why they hold something all the same. */
  readonly stale?: true | string;
  /** What bytes hold that no table of the record takes apart: the FPU state of an x86 CPU. */
  readonly content?: "x86-fpu";
  /** The bytes are stale unless this holds. */
  readonly defined?: DefinedBy;
  /** Of a text that takes the rest of a payload: which NULs its writer fills it up with. Default: none. */
  readonly fill?: TextFill;
}

/** One member of a table: a type, a sentence of meaning, and hints. `T` is the type of its decoded value. */
export interface Field<T = unknown> extends FieldHints {
  readonly kind: FieldKind;
  /** Bytes; 0 for the rest of a payload, whose length only the record's header knows. */
  readonly size: number;
  /** True for a last field that takes all that is left of the payload. */
  readonly rest: boolean;
  readonly doc: string;
  /** For arrays. */
  readonly element?: Field;
  readonly count?: number;
  /** Carries the type; never set. */
  readonly value?: T;
}

/** A field whose size only the abi tells: a long, or an array of them. `table.at(abi)` makes a `Field` of it. */
export interface AbiField<T = unknown> extends FieldHints {
  readonly kind: "long" | "array";
  /** Never set: ask the layout of `table.at(abi)`. */
  readonly size?: never;
  readonly rest: false;
  readonly doc: string;
  /** For arrays. */
  readonly element?: AbiField;
  readonly count?: number;
  /** Carries the type; never set. */
  readonly value?: T;
}

/** A field as a table declares it. */
export type DeclaredField<T = unknown> = Field<T> | AbiField<T>;

const integer =
  <T>(kind: IntegerKind, size: number) =>
  (doc: string, hints: FieldHints = {}): Field<T> => ({ kind, size, rest: false, doc, ...hints });

/** One byte, unsigned; decoded to a number. */
export const u8 = integer<number>("u8", 1);
/** Two bytes, unsigned; decoded to a number. */
export const u16 = integer<number>("u16", 2);
/** Four bytes, unsigned; decoded to a number. */
export const u32 = integer<number>("u32", 4);
/** Two bytes, two's complement; decoded to a number. */
export const s16 = integer<number>("s16", 2);
/** Four bytes, two's complement; decoded to a number. */
export const s32 = integer<number>("s32", 4);
/** Eight bytes, unsigned; decoded to a bigint, so that all 64 bits are kept. */
export const u64 = integer<bigint>("u64", 8);

/**
 * C's `unsigned long`. Where a word has 4 bytes it is a `u32` and its value a number, where it has 8 a `u64` and a bigint;
 * encode refuses the other of the two, like any value that does not fit.
 */
export function long(doc: string, hints: FieldHints = {}): AbiField<number | bigint> {
  return { kind: "long", rest: false, doc, ...hints };
}

/** Padding that the C compiler put in and nobody set. Kept as an unsigned number, so that it can be written back. */
export function pad(size: 1 | 2 | 4, doc = "padding of the C struct"): Field<number> {
  return { kind: "pad", size, rest: false, doc, stale: true, show: "hex" };
}

/** Bytes as they stand: a fixed number of them, or the rest of the payload. The value is a view, not a copy. */
export function bytes(size: number | "rest", doc: string, hints: FieldHints = {}): Field<Uint8Array> {
  return { kind: "bytes", size: size === "rest" ? 0 : size, rest: size === "rest", doc, ...hints };
}

/**
 * Text. Of a fixed size: NUL padded, not necessarily NUL terminated, and decoded without the NULs at its end. As the
 * rest of a payload: every byte of it, NULs included. See codec/text.ts for bytes that are not UTF-8.
 */
export function text(size: number | "rest", doc: string, hints: FieldHints = {}): Field<string> {
  return { kind: "text", size: size === "rest" ? 0 : size, rest: size === "rest", doc, ...hints };
}

/** `count` fields of one type, one after the other. */
export function array<T>(element: Field<T>, count: number, doc: string): Field<T[]>;
export function array<T>(element: AbiField<T>, count: number, doc: string): AbiField<T[]>;
export function array(element: DeclaredField, count: number, doc: string): DeclaredField<unknown[]> {
  if (element.size === undefined) return { kind: "array", rest: false, doc, element, count };
  return { kind: "array", size: element.size * count, rest: false, doc, element, count };
}

/** True if the kernel gave the field no value: its bytes are padding, or left over. `fields` are those of its record. */
export function isStale(field: FieldHints, fields: object): boolean {
  if (field.stale !== undefined) return true;
  return field.defined !== undefined && !(fields as Record<string, unknown>)[field.defined.field];
}
