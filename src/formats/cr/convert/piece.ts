import { inventedRecord } from "../../../convert/piece.js";
import type { Piece, RecordPiece } from "../../convert-piece.js";
import type { RecordFields, RecordName } from "../records.js";

/** A record of this format on its way; its name tells which values it has. */
export type CrRecordPiece<N extends RecordName> = RecordPiece & {
  readonly name: N;
  readonly header: { readonly parent: number };
  readonly fields: RecordFields[N];
};

/** True for a record of this name; its values have their types then. */
export function isRecord<N extends RecordName>(piece: Piece, name: N): piece is CrRecordPiece<N> {
  return piece.kind === "record" && piece.name === name;
}

/** A record that the source does not have. */
export function invented<N extends RecordName>(
  name: N,
  path: string,
  fields: RecordFields[N],
  parent = 0,
): RecordPiece {
  return inventedRecord(name, path, { ...fields }, { parent });
}
