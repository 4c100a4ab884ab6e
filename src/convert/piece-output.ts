import { CrimgError } from "../errors.js";
import type { ChangeReport, EmitPiece, PlainPiece, RecordPiece } from "../formats/convert-piece.js";
import type { Dialect } from "../stream/dialect.js";
import { encodeRecord } from "../stream/encode-record.js";
import type { ImageStart } from "../stream/item.js";
import type { OutputPlan } from "./output-plan.js";
import { reportPlace } from "./piece.js";

/** The end of a conversion: pieces as bytes of the target dialect. What nobody touched keeps its bytes. */
export function pieceOutput(
  plan: OutputPlan,
  { dialect: from, abi }: ImageStart,
  to: Dialect,
  report: ChangeReport,
): EmitPiece {
  const { header, len } = to.framing;
  const encodeHeader = header.at(abi).encode;
  const sayRenumbered = (piece: RecordPiece, old: number | undefined, now: number) => {
    if (old === undefined) return;
    report.fold({
      kind: "renumbered",
      ...reportPlace(piece, "type"),
      old: String(old),
      new: String(now),
      why: `record numbers of ${to.name}`,
    });
  };
  return piece => {
    if (piece.kind !== "record") {
      if (piece.kind === "plain" && from !== to) refuseTaken(piece, to);
      plan.add(piece.body);
      return;
    }
    const { name, stored } = piece;
    const type = to.types[name]!;
    const isRenumbered = from.types[name] !== type;
    if (isRenumbered) sayRenumbered(piece, from.types[name], type);
    if (stored === undefined) {
      plan.add(encodeRecord(to, name, piece.fields, { header: piece.header, abi }));
      return;
    }
    const bytes = plan.room(stored.length);
    bytes.set(stored);
    if (!isRenumbered) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, header.size);
    encodeHeader(view, 0, { ...piece.header, type, len: len(stored.length - header.size) });
  };
}

/** An unknown record is passed on as it is, unless its number means something else there. */
function refuseTaken({ type, path, body }: PlainPiece, to: Dialect): void {
  const name = type === undefined ? undefined : to.byType(type)?.name;
  if (name === undefined) return;
  const position = body instanceof Uint8Array ? { path } : { path, offset: body.offset };
  throw new CrimgError(
    "refused",
    `an unknown record has the number ${type}, which is ${name} in ${to.name}`,
    position,
  );
}
