import { actualText } from "../codec/describe.js";
import { isStale } from "../codec/field.js";
import { hexOf } from "../codec/json.js";
import type { LayoutField } from "../codec/layout.js";
import type { Dialect } from "../stream/dialect.js";
import { layoutFor } from "../stream/encode-record.js";
import type { Context } from "./context.js";
import { bytesOf, changed, type Piece, type RawPiece, type RecordPiece, type Stage } from "./piece.js";
import type { Report } from "./report.js";

/** Writes 0 where the kernel left bytes undefined, in the target's layouts. */
export function zeroUndefined(context: Context): Stage {
  const { to } = context.goal;
  return emit => piece => emit(zeroed(piece, to, context));
}

function zeroed(piece: Piece, dialect: Dialect, context: Context): Piece {
  if (piece.kind === "record") return zeroedRecord(piece, dialect, context);
  return piece.kind === "raw" ? zeroedRaw(piece, dialect, context) : piece;
}

function zeroedRecord(piece: RecordPiece, dialect: Dialect, { report }: Context): RecordPiece {
  const spec = dialect.byName(piece.name);
  if (spec === undefined) return piece;
  const { fields } = piece;
  const undefinedOnes = layoutFor(spec, fields).layout.filter(
    ({ name, field }) => isStale(field, fields) && !isZero(fields[name]),
  );
  if (undefinedOnes.length === 0) return piece;
  for (const { name, field } of undefinedOnes) {
    const value = fields[name];
    const old = value instanceof Uint8Array ? `${value.length} bytes` : actualText(field, value);
    say(report, piece, name, old);
  }
  return changed(piece, Object.fromEntries(undefinedOnes.map(member => [member.name, zeroOf(member)])));
}

function say(report: Report, { path, name }: RecordPiece | RawPiece, field: string, old: string): void {
  const why = "undefined bytes, zeroed as asked for";
  report.fold({ kind: "changed", path, record: name, field, old, new: "0", why });
}

function zeroedRaw(piece: RawPiece, dialect: Dialect, { report }: Context): RawPiece {
  const block = dialect.automaton.places.flatMap(({ raw }) => raw).find(({ name }) => name === piece.name);
  const element = block?.element;
  const stale = element?.layout.filter(({ field }) => field.stale !== undefined) ?? [];
  const bytes = bytesOf(piece);
  if (element === undefined || stale.length === 0 || bytes.length === 0) return piece;
  // Not by `slice`: a Buffer's is a view.
  const clean = new Uint8Array(bytes);
  for (let at = 0; at + element.size <= clean.length; at += element.size) {
    for (const { name, offset, size } of stale) {
      const part = clean.subarray(at + offset, at + offset + size);
      if (isZero(part)) continue;
      say(report, piece, name, hexOf(part));
      part.fill(0);
    }
  }
  return { ...piece, body: clean };
}

function isZero(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.every(byte => byte === 0);
  return value === 0 || value === 0n;
}

function zeroOf({ field, size }: LayoutField): unknown {
  if (field.kind === "bytes") return new Uint8Array(size);
  return field.kind === "u64" ? 0n : 0;
}
