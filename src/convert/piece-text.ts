import type { Abi } from "../codec/abi.js";
import { actualText } from "../codec/describe.js";
import { isStale } from "../codec/field.js";
import { hexOf } from "../codec/hex.js";
import type { NamedPiece, RawPiece } from "../formats/convert-piece.js";
import type { Dialect } from "../stream/dialect.js";
import { layoutFor } from "../stream/encode-record.js";
import { bytesOf, elementTable } from "./piece.js";

/** What a piece says, on one line: `has_fxsr 1, has_xsave 0, xstate_size 512`. Padding and stale bytes say nothing. */
export function pieceText(piece: NamedPiece, dialect: Dialect, abi: Abi): string {
  if (piece.kind === "raw") return rawText(piece, dialect, abi);
  const spec = dialect.byName(piece.name);
  if (spec === undefined) return "";
  const { layout } = layoutFor(spec, piece.fields);
  const defined = layout.filter(({ field }) => !isStale(field, piece.fields));
  return defined
    .map(({ name, field }) => {
      const text = valueText(actualText(field, piece.fields[name]));
      // A string, or a path, needs no name.
      return spec.variable ? text : `${name} ${text}`;
    })
    .join(", ");
}

/** Elements of a raw block that a report shows. */
const SHOWN = 8;

function rawText(piece: RawPiece, dialect: Dialect, abi: Abi): string {
  const bytes = bytesOf(piece);
  const element = elementTable(dialect, abi, piece.name);
  if (element === undefined) return bytes.length > 32 ? `${bytes.length} bytes` : hexOf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / element.size);
  const texts = Array.from({ length: Math.min(count, SHOWN) }, (_, i) => {
    const values = element.decode(view, i * element.size, element.size) as Record<string, unknown>;
    return element.layout
      .filter(({ field }) => field.stale === undefined)
      .map(({ name, field }) =>
        element.layout.length === 1
          ? actualText(field, values[name])
          : `${name} ${actualText(field, values[name])}`,
      )
      .join(", ");
  });
  return texts.join("; ") + (count > SHOWN ? `; and ${count - SHOWN} more` : "");
}

/** Text without the NULs at its end, and not too much of it. */
function valueText(text: string): string {
  const trimmed = text.replace(/\0+$/, "");
  return trimmed.length > 256 ? `${trimmed.slice(0, 256)}...` : trimmed;
}
