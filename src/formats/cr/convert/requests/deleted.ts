import { changeFields } from "../../../../convert/change-fields.js";
import { reportPlace } from "../../../../convert/piece.js";
import type { RecordPiece, Stage } from "../../../convert-piece.js";
import { DELETED } from "../../../linux/names.js";
import type { CrContext } from "../context.js";
import { isRecord } from "../piece.js";

const ENDING = `${DELETED}\0`;

/** True for the name of a file that was unlinked, and that no kernel can open. */
export function isDeleted(fname: string): boolean {
  return fname.endsWith(ENDING);
}

/** `--deleted drop`: takes the descriptors of unlinked files out. */
export function withoutDeleted({ report, survey: { deleted } }: CrContext): Stage {
  const { objrefs, counts } = deleted;
  const why = "the file is unlinked, and its contents are not in the image";
  return emit => {
    let isDropping = false;
    return piece => {
      // An unknown record may stand anywhere, and says nothing about its neighbours.
      if (piece.kind === "plain") return emit(piece);
      if (isRecord(piece, "FILES")) {
        const nfds = piece.fields.nfds - (counts.get(piece.path) ?? 0);
        return emit(changeFields(piece, { nfds }, report, { why }));
      }
      if (isRecord(piece, "FD_ENT")) isDropping = objrefs.has(piece.fields.objref);
      else if (!isRecord(piece, "FD_DATA") && !isRecord(piece, "FNAME")) isDropping = false;
      if (!isDropping) return emit(piece);
      report.add({
        kind: "dropped",
        ...reportPlace(piece),
        old: droppedText(piece as RecordPiece),
        why,
        loss: true,
      });
    };
  };
}

const O_CREAT = 0o100;

/** `--deleted create`: has the kernel create an empty file for each: O_CREAT, and the name without the mark. */
export function createDeleted({ report, survey: { deleted } }: CrContext): Stage {
  const note = { why: "the file is unlinked; the kernel shall create an empty one", loss: true };
  return emit => {
    let isOfFile = false;
    return piece => {
      if (piece.kind === "plain") return emit(piece);
      const isName = isOfFile && isRecord(piece, "FNAME");
      isOfFile = isRecord(piece, "FD_DATA");
      if (isRecord(piece, "FD_DATA") && deleted.objrefs.has(piece.header.parent)) {
        const f_flags = (piece.fields.f_flags | O_CREAT) >>> 0;
        emit(changeFields(piece, { f_flags }, report, { ...note, text: octal }));
      } else if (isName && isDeleted(piece.fields.fname)) {
        const fname = `${piece.fields.fname.slice(0, -ENDING.length)}\0`;
        emit(changeFields(piece, { fname }, report, { ...note, text: withoutNul }));
      } else emit(piece);
    };
  };
}

function droppedText(piece: RecordPiece): string {
  if (isRecord(piece, "FD_ENT")) return `fd ${piece.fields.fd}, objref ${piece.fields.objref}`;
  if (isRecord(piece, "FNAME")) return withoutNul(piece.fields.fname);
  return `objref ${piece.header["parent"]}`;
}

function octal(value: unknown): string {
  return `0${(value as number).toString(8)}`;
}

function withoutNul(value: unknown): string {
  return (value as string).slice(0, -1);
}
