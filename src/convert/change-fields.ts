import type { ChangeReport, RecordPiece } from "../formats/convert-piece.js";
import type { Fields } from "../stream/item.js";
import { changed, reportPlace } from "./piece.js";

/** What the report says of changed fields. */
export interface ChangeNote {
  readonly why: string;
  /** As in `Change`. */
  readonly loss?: boolean;
  /** How values are written. Default: in decimal. */
  readonly text?: (value: unknown) => string;
}

/** The record with these values, those that differ reported; as it is, if none does. */
export function changeFields<P extends RecordPiece>(
  piece: P,
  values: Fields,
  report: ChangeReport,
  { why, loss = false, text = String }: ChangeNote,
): P | RecordPiece {
  const other = Object.entries(values).filter(([field, value]) => piece.fields[field] !== value);
  for (const [field, value] of other) {
    const old = text(piece.fields[field]);
    report.add({ kind: "changed", ...reportPlace(piece, field), old, new: text(value), why, loss });
  }
  return other.length === 0 ? piece : changed(piece, Object.fromEntries(other));
}
