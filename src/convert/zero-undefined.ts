import { actualText } from "../codec/describe.js";
import { isStale } from "../codec/field.js";
import { hexOf } from "../codec/hex.js";
import type { LayoutField } from "../codec/layout.js";
import type { ConversionContext } from "../formats/convert-facet.js";
import type { ChangeReport, NamedPiece, RawPiece, RecordPiece, Stage } from "../formats/convert-piece.js";
import type { Dialect } from "../stream/dialect.js";
import { layoutFor } from "../stream/encode-record.js";
import { bytesOf, changed, elementTable, reportPlace } from "./piece.js";

/** Writes 0 where the kernel left bytes undefined, in the target's layouts. */
export function zeroUndefined({ image: { abi }, target, report }: ConversionContext): Stage {
  const dialect = target.dialect.at(abi);
  return emit => piece => {
    if (piece.kind === "plain") emit(piece);
    else
      emit(piece.kind === "raw" ? zeroedRaw(piece, dialect, report) : zeroedRecord(piece, dialect, report));
  };
}

function zeroedRecord(piece: RecordPiece, dialect: Dialect, report: ChangeReport): RecordPiece {
  const spec = dialect.byName(piece.name);
  if (spec === undefined) return piece;
  const { fields } = piece;
  const undefinedOnes = layoutFor(spec, fields).layout.filter(
    ({ name, field }) => isStale(field, fields) && !isZero(fields[name]),
  );
  if (undefinedOnes.length === 0) return piece;
  for (const { name, field } of undefinedOnes) {
    const value = fields[name];
    sayZeroed(
      report,
      piece,
      name,
      value instanceof Uint8Array ? `${value.length} bytes` : actualText(field, value),
    );
  }
  return changed(piece, Object.fromEntries(undefinedOnes.map(member => [member.name, zeroOf(member)])));
}

function zeroedRaw(piece: RawPiece, dialect: Dialect, report: ChangeReport): RawPiece {
  const element = elementTable(dialect, dialect.abi, piece.name);
  const stale = element?.layout.filter(({ field }) => field.stale !== undefined) ?? [];
  const bytes = bytesOf(piece);
  if (element === undefined || stale.length === 0 || bytes.length === 0) return piece;
  // Not by `slice`: a Buffer's is a view.
  const clean = new Uint8Array(bytes);
  for (let at = 0; at + element.size <= clean.length; at += element.size) {
    for (const { name, offset, size } of stale) {
      const part = clean.subarray(at + offset, at + offset + size);
      if (isZero(part)) continue;
      sayZeroed(report, piece, name, hexOf(part));
      part.fill(0);
    }
  }
  return { ...piece, body: clean };
}

function sayZeroed(report: ChangeReport, piece: NamedPiece, field: string, old: string): void {
  const why = "undefined bytes, zeroed as asked for";
  report.fold({ kind: "changed", ...reportPlace(piece, field), old, new: "0", why });
}

function isZero(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.every(byte => byte === 0);
  return value === 0 || value === 0n;
}

function zeroOf({ field, size }: LayoutField): unknown {
  if (field.kind === "bytes") return new Uint8Array(size);
  return field.kind === "u64" ? 0n : 0;
}
