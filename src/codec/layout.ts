import type { Field } from "./field.js";

/** One field with the place it has in its table. */
export interface LayoutField {
  readonly name: string;
  /** As in the kernel's source, e.g. `__u32`; `pad` for padding of the compiler. */
  readonly ctype: string;
  /** Bytes from the start of the payload. */
  readonly offset: number;
  readonly size: number;
  readonly field: Field;
}

/**
 * Reads the values at `at` of a view that holds at least `size` bytes from there.
 * `length` is the payload's and matters only to a field that takes the rest of it.
 */
export type Decode<V> = (view: DataView, at: number, length: number) => V;
/**
 * Writes the values at `at`. A value that does not fit its field throws `out-of-range`. (Declared as a method's type,
 * so that the table of a record can stand where any table is wanted.)
 */
export type Encode<V> = { encode(view: DataView, at: number, values: V): void }["encode"];
