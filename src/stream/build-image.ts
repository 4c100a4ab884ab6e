import { joinBytes } from "../codec/bytes.js";
import { encodeTable, type Table } from "../codec/table.js";
import { CrimgError } from "../errors.js";
import type { Dialect } from "./dialect.js";
import { encodeRecord } from "./encode-record.js";

/** Something to build an image of: a record, a raw block by its elements, or bytes as they are. */
export type BuildItem = BuildRecord | BuildRaw | { readonly bytes: Uint8Array };

/** A record by its values. */
export interface BuildRecord {
  readonly name: string;
  readonly fields: object;
  /** Values of its header other than `type` and `len`: `{ parent: 152 }`; 0 for those that are not given. */
  readonly header?: Readonly<Record<string, number>>;
}

/** The elements of a raw block that has a table: `{ raw: "addresses", values: [{ address: 0x8048000 }] }`. */
export interface BuildRaw {
  readonly raw: string;
  readonly values: readonly object[];
}

/**
 * The bytes of an image, from values: one item after the other, in the dialect's numbers and layouts, for the machine
 * that its images are known from. Counts and order are the caller's, so that damaged images can be built as well; verify
 * says what is wrong with them. Throws `out-of-range` for a value that does not fit, `usage` for a record or block that
 * the dialect does not have.
 */
export function buildImage(dialect: Dialect, items: Iterable<BuildItem>): Uint8Array {
  return joinBytes(Array.from(items, item => partOf(dialect, item)));
}

function partOf(dialect: Dialect, item: BuildItem): Uint8Array {
  if ("bytes" in item) return item.bytes;
  if ("name" in item) return encodeRecord(dialect, item.name, item.fields, { header: item.header ?? {} });
  const table = elementOf(dialect, item.raw);
  const bytes = new Uint8Array(item.values.length * table.size);
  for (const [i, values] of item.values.entries()) {
    bytes.set(encodeTable(table, values as never, dialect.abi.order), i * table.size);
  }
  return bytes;
}

function elementOf(dialect: Dialect, name: string): Table {
  for (const { raw } of dialect.automaton.places) {
    const element = raw.find(block => block.name === name)?.element;
    if (element !== undefined) return element;
  }
  throw new CrimgError("usage", `${dialect.name} has no raw block ${name} made of elements`);
}
