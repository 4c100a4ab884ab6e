import type { Extent } from "../source/extent.js";
import type { Fields } from "../stream/item.js";

/** What flows through a conversion: an item of the source, as it stands or changed, or something invented. */
export type Piece = NamedPiece | PlainPiece;
export type NamedPiece = RecordPiece | RawPiece;

export interface RecordPiece {
  readonly kind: "record";
  readonly name: string;
  /** The place in the source; of something invented the place it would have there. */
  readonly path: string;
  /** Values of its header. `type` and `len` are those of the source: the target's come when it is written. */
  readonly header: Readonly<Record<string, number>>;
  /** Its values. Which are there depends on its layout in the dialect it is in at that moment. */
  readonly fields: Fields;
  /** Header and payload as they stand in the source; undefined once anything is changed. */
  readonly stored: Uint8Array | undefined;
  /** As in `RecordItem`. */
  readonly counts: readonly number[];
}

/** A raw block, or a part of one. */
export interface RawPiece {
  readonly kind: "raw";
  readonly name: string;
  readonly path: string;
  /** Elements of the block before this part. */
  readonly first: number;
  readonly body: PieceBody;
}

/** An unknown record, or bytes that no record claims: passed on as they are. */
export interface PlainPiece {
  readonly kind: "plain";
  readonly path: string;
  /** The number of an unknown record. */
  readonly type: number | undefined;
  readonly body: PieceBody;
}

/** Bytes at hand, or where they stand in the source. */
export type PieceBody = Uint8Array | Extent;

/** Passes a piece on. */
export type EmitPiece = (piece: Piece) => void;

/** One station of a conversion: takes pieces, and passes on what becomes of them. */
export type Stage = (emit: EmitPiece) => EmitPiece;

/** What a conversion does to a value. */
export type ChangeKind = "dropped" | "invented" | "changed" | "renumbered";

/** What a stage says of one place. */
export interface Change {
  readonly kind: ChangeKind;
  /** The place in the source, e.g. `task[0].mm.vma[3]`. */
  readonly path: string;
  /** The record or raw block. */
  readonly record: string;
  /** Its field; `type` or `parent` of its header; null for all of it. */
  readonly field: string | null;
  /** The value before, and after; left out if there is none. */
  readonly old?: string;
  readonly new?: string;
  readonly why: string;
  /** True if converting back would not bring the value back. */
  readonly loss?: boolean;
}

/** Where stages say what they do. */
export interface ChangeReport {
  /** One place, on a line of its own. */
  add(change: Change): void;
  /** One of many places that the same happens to: they share a line. */
  fold(change: Change): void;
}
