import type { Abi } from "../codec/abi.js";
import type { RawBlock } from "../codec/grammar.js";
import type { BoundTable } from "../codec/table.js";
import type { Dialect } from "./dialect.js";

/** One image of a file. */
export interface ImageStart {
  /** 0 for the first image of the file. */
  readonly index: number;
  /** Where its head stands. */
  readonly offset: number;
  /** The format it is of: `formatOf` (formats/format.ts) gives its plug. */
  readonly format: { readonly id: string };
  readonly dialect: Dialect;
  /** The machine that wrote it. */
  readonly abi: Abi;
  /** How the dialect was found. */
  readonly why: string;
}

/** What the walk yields. Items tile the file: no byte twice, none left out. */
export type Item = RecordItem | RawItem | UnknownItem | GapItem;

/** Values of a record by their C names. */
export type Fields = Readonly<Record<string, unknown>>;

/** What stands before a payload: `type`, `len`, and what else the framing of the format has. */
export type Header = Readonly<Record<string, number>> & { readonly type: number; readonly len: number };

interface Stretch {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes, header and payload. */
  readonly length: number;
  /** The place in the grammar, e.g. `task[0].mm.vma[3]`; with `image[1].` before it in the second image of a file. */
  readonly path: string;
  /**
   * The bytes, as a view: all of a record or of a raw block; of page contents and of what cannot be read the first
   * ones, as many as the walk had at hand (see `WalkOptions.preview`).
   */
  readonly bytes: Uint8Array;
}

/**
 * A record: header and payload. `name` tells which fields it has; formats have guards for that, such as `isCr`. Text, views and paths
 * are made when they are asked for: the members are getters, which `{ ...item }` does not copy.
 */
export interface RecordItem<N extends string = string, F = Fields> extends Stretch {
  readonly kind: "record";
  readonly image: ImageStart;
  readonly name: N;
  /** As it stands in the image, a lie in `len` included. */
  readonly header: Header;
  /** By C name. Of a payload shorter than its struct, only the fields that are there. */
  readonly fields: F;
  /** The layout the fields were read by. */
  readonly table: BoundTable;
  /** Payload bytes behind the struct, if the record is longer than it. */
  readonly excess: Uint8Array | undefined;
  /** Elements of each raw block that follows, which the fields do not always say. */
  readonly counts: readonly number[];
}

/** Bytes without a header that the record before them announced. Large blocks come in parts. */
export interface RawItem extends Stretch {
  readonly kind: "raw";
  readonly image: ImageStart;
  readonly name: string;
  readonly block: RawBlock;
  /** Elements in this part: addresses, pages, descriptors; bytes where the block has no elements. */
  readonly count: number;
  /** Elements of the block before this part. */
  readonly first: number;
  /** The format has looked at every element, and found them good. */
  readonly orderly: boolean;
}

/** Bytes inside an image that the format does not account for. */
export interface UnknownItem extends Stretch {
  readonly kind: "unknown";
  readonly image: ImageStart;
  /** Of a record with a type that the dialect does not have. Undefined for plain garbage. */
  readonly header: Header | undefined;
}

/** Bytes before, between and after images. */
export interface GapItem extends Stretch {
  readonly kind: "gap";
}

/** Reads a raw block's elements one by one by its table. */
export function elements<V>(item: RawItem): V[] {
  const table = item.block.element?.at(item.image.abi);
  if (table === undefined) return [];
  const view = new DataView(item.bytes.buffer, item.bytes.byteOffset, item.bytes.byteLength);
  const { decode } = table;
  const stop = item.bytes.byteLength - table.size;
  const values: V[] = [];
  for (let at = 0; at <= stop; at += table.size) values.push(decode(view, at, table.size) as V);
  return values;
}
