import type { RecordFields, RecordName } from "../formats/cr/records.js";
import type { Extent } from "../source/extent.js";
import type { Item } from "../stream/item.js";

/** What flows through a conversion: an item of the source, as it stands or changed, or something invented. */
export type Piece = RecordPiece | RawPiece | PlainPiece;

/** The values of a record. Which are there depends on its layout in the dialect it is in at that moment. */
export type Fields = Readonly<Record<string, unknown>>;

export interface RecordPiece {
  readonly kind: "record";
  readonly name: RecordName;
  /** The place in the source; of something invented the place it would have there. */
  readonly path: string;
  readonly parent: number;
  readonly fields: Fields;
  /** Header and payload as they stand in the source; undefined once anything is changed. */
  readonly stored: Uint8Array | undefined;
  /** Of PGARR: pages that follow. */
  readonly pages: number;
}

/** A raw block, or a part of one. */
export interface RawPiece {
  readonly kind: "raw";
  readonly name: string;
  readonly path: string;
  /** Elements of the block before this part. */
  readonly first: number;
  readonly body: Body;
}

/** An unknown record, or bytes around images: passed on as they are. */
export interface PlainPiece {
  readonly kind: "plain";
  readonly path: string;
  /** The number of an unknown record. */
  readonly type: number | undefined;
  readonly body: Body;
}

/** Bytes at hand, or where they stand in the source. */
export type Body = Uint8Array | Extent;

/** Passes a piece on. */
export type Emit = (piece: Piece) => void;

/** One station of a conversion: takes pieces, and passes on what becomes of them. */
export type Stage = (emit: Emit) => Emit;

/** The stages one behind the other. */
export function pipeline(stages: readonly Stage[], end: Emit): Emit {
  return stages.reduceRight((emit, stage) => stage(emit), end);
}

/** An item of the walk as the conversion sees it. */
export function pieceOf(item: Item): Piece {
  const { path, offset, length } = item;
  switch (item.kind) {
    case "record": {
      const { name, header, fields, bytes, counts } = item;
      return {
        kind: "record",
        name: name as RecordName,
        path,
        parent: header["parent"]!,
        fields,
        stored: bytes,
        pages: counts[0] ?? 0,
      };
    }
    case "raw": {
      const { name, first, block, bytes } = item;
      return { kind: "raw", name, path, first, body: block.extent ? { offset, length } : bytes };
    }
    default:
      return {
        kind: "plain",
        path,
        type: item.kind === "unknown" ? item.header?.type : undefined,
        body: { offset, length },
      };
  }
}

/** The record with other values, or another parent. */
export function changed(piece: RecordPiece, fields: Fields, parent = piece.parent): RecordPiece {
  return { ...piece, fields: { ...piece.fields, ...fields }, parent, stored: undefined };
}

/** A record that the source does not have. */
export function invented<N extends RecordName>(
  name: N,
  path: string,
  fields: RecordFields[N],
  parent = 0,
): RecordPiece {
  return {
    kind: "record",
    name,
    path,
    parent,
    fields: fields as unknown as Fields,
    stored: undefined,
    pages: 0,
  };
}

/** A raw block that the source does not have. */
export function inventedRaw(name: string, path: string, body: Uint8Array): RawPiece {
  return { kind: "raw", name, path, first: 0, body };
}

/** The values of a record by the type that its name has. */
export function fieldsOf<N extends RecordName>(piece: RecordPiece & { readonly name: N }): RecordFields[N] {
  return piece.fields as unknown as RecordFields[N];
}

/** True for a record of this name; its values have their types then. */
export function isRecord<N extends RecordName>(piece: Piece, name: N): piece is RecordPiece & { name: N } {
  return piece.kind === "record" && piece.name === name;
}

/** The bytes of a block that is small enough to be at hand; none of page contents. */
export function bytesOf({ body }: RawPiece): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}
