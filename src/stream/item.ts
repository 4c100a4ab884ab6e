import type { RawBlock } from "../codec/grammar.js";
import type { Table } from "../codec/table.js";
import type { RecordFields, RecordName } from "../formats/cr/records.js";
import type { Dialect } from "./dialect.js";

/** One image of a file. */
export interface ImageStart {
  /** 0 for the first image of the file. */
  readonly index: number;
  /** Where its head stands. */
  readonly offset: number;
  readonly dialect: Dialect;
  /** How the dialect was found. */
  readonly why: string;
}

/** What the walk yields. Items tile the file: no byte twice, none left out. */
export type Item = RecordItem | RawItem | UnknownItem | GapItem;

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
 * A record: header and payload. `name` tells which, and so the type of `fields`. Text, views and paths are made when
 * they are asked for: the members are getters, which `{ ...item }` does not copy.
 */
export type RecordItem = { [N in RecordName]: RecordOf<N> }[RecordName];

export interface RecordOf<N extends RecordName> extends Stretch {
  readonly kind: "record";
  readonly image: ImageStart;
  /** The number in the header. */
  readonly type: number;
  readonly name: N;
  /** `parent` of the header: a pid or an objref, 0 in most records. */
  readonly parent: number;
  /** `len` of the header; `length - 8` unless it was a lie. */
  readonly len: number;
  /** By C name. Of a payload shorter than its struct, only the fields that are there. */
  readonly fields: RecordFields[N];
  /** The layout the fields were read by. */
  readonly table: Table;
  /** Payload bytes behind the struct, if the record is longer than it. */
  readonly excess: Uint8Array | undefined;
  /** In PGARR: pages that follow, which `nr_pages` does not always say. */
  readonly pages: number;
}

/** Bytes without a header that the record before them announced. Large blocks come in parts. */
export interface RawItem extends Stretch {
  readonly kind: "raw";
  readonly image: ImageStart;
  readonly name: string;
  readonly block: RawBlock;
  /** Elements in this part: addresses, pages, descriptors, pids; bytes in `xstate`. */
  readonly count: number;
  /** Elements of the block before this part. */
  readonly first: number;
  /** Of page addresses: the walk has found that they ascend, are aligned and lie in the VMA. */
  readonly orderly: boolean;
}

/** Bytes inside an image that the format does not account for. */
export interface UnknownItem extends Stretch {
  readonly kind: "unknown";
  readonly image: ImageStart;
  /** Of a record with a type that the dialect does not have: its header. Undefined for plain garbage. */
  readonly header: { readonly type: number; readonly len: number; readonly parent: number } | undefined;
}

/** Bytes before, between and after images. */
export interface GapItem extends Stretch {
  readonly kind: "gap";
}

/** What the walk has to say about the bytes. An `error` stands against the format, a `note` is worth knowing. */
export interface Notice {
  readonly level: "error" | "note";
  readonly code: NoticeCode;
  readonly message: string;
  readonly offset: number;
  readonly path: string;
}

export type NoticeCode =
  /** The head, or the tail, is damaged. */
  | "magic"
  /** The dialect is not certain. */
  | "dialect"
  /** The input ends inside a record or block, or before the TAIL. */
  | "truncated"
  /** A record stands where another was expected. */
  | "order"
  /** A record of a type the dialect does not have. */
  | "unknown-record"
  /** No record can stand here. */
  | "garbage"
  /** A payload is not as long as its struct. */
  | "length"
  /** A count does not agree with what follows. */
  | "count"
  /** `nr_pages` is a running total. */
  | "running-total"
  /** The pids array repeats itself. */
  | "pids-repeat"
  /** Bytes outside of images. */
  | "outside";

/** Reads a raw block's elements one by one by its table. */
export function elements<V>(item: RawItem): V[] {
  const table = item.block.element;
  if (table === undefined) return [];
  const view = new DataView(item.bytes.buffer, item.bytes.byteOffset, item.bytes.byteLength);
  const decode = table.decoder(item.image.dialect.order);
  const stop = item.bytes.byteLength - table.size;
  const values: V[] = [];
  for (let at = 0; at <= stop; at += table.size) values.push(decode(view, at, table.size) as V);
  return values;
}
