import type { Context } from "../../../../convert/context.js";
import { changed, fieldsOf, isRecord, type RecordPiece, type Stage } from "../../../../convert/piece.js";
import { DELETED } from "../../names.js";

const ENDING = `${DELETED}\0`;

/** True for the name of a file that was unlinked, and that no kernel can open. */
export function isDeleted(fname: string): boolean {
  return fname.endsWith(ENDING);
}

/** The descriptors of unlinked files: found by the survey, since FILES counts what stands behind it. */
export interface DeletedFiles {
  /** objrefs of unlinked files, over the whole image. */
  readonly objrefs: Set<number>;
  /** Descriptors of such files by the path of their FILES. */
  readonly counts: Map<string, number>;
}

/** Takes the descriptors of unlinked files out. */
export function withoutDeleted({ report }: Context, { objrefs, counts }: DeletedFiles): Stage {
  const why = "the file is unlinked, and its contents are not in the image";
  return emit => {
    let isDropping = false;
    return piece => {
      // An unknown record may stand anywhere, and says nothing about its neighbours.
      if (piece.kind === "plain") return emit(piece);
      if (isRecord(piece, "FILES")) {
        const dropped = counts.get(piece.path);
        if (dropped === undefined) return emit(piece);
        const { nfds } = fieldsOf(piece);
        const { path } = piece;
        const left = nfds - dropped;
        report.add({
          kind: "changed",
          path,
          record: "FILES",
          field: "nfds",
          old: String(nfds),
          new: String(left),
          why,
        });
        emit(changed(piece, { nfds: left }));
        return;
      }
      if (isRecord(piece, "FD_ENT")) isDropping = objrefs.has(fieldsOf(piece).objref);
      else if (!isRecord(piece, "FD_DATA") && !isRecord(piece, "FNAME")) isDropping = false;
      if (!isDropping) return emit(piece);
      const { name, path } = piece as RecordPiece;
      report.add({
        kind: "dropped",
        path,
        record: name,
        field: null,
        old: droppedText(piece as RecordPiece),
        why,
        loss: true,
      });
    };
  };
}

/** Has the kernel create an empty file for each unlinked one: O_CREAT, and the name without the mark. */
export function createDeleted({ report }: Context, { objrefs }: DeletedFiles): Stage {
  const why = "the file is unlinked; the kernel shall create an empty one";
  const O_CREAT = 0o100;
  return emit => {
    let isOfFile = false;
    return piece => {
      if (piece.kind === "plain") return emit(piece);
      if (isRecord(piece, "FD_DATA")) {
        isOfFile = true;
        if (!objrefs.has(piece.parent)) return emit(piece);
        const { f_flags } = fieldsOf(piece);
        const { path } = piece;
        const wanted = f_flags | O_CREAT;
        report.add({
          kind: "changed",
          path,
          record: "FD_DATA",
          field: "f_flags",
          old: `0${f_flags.toString(8)}`,
          new: `0${wanted.toString(8)}`,
          why,
          loss: true,
        });
        emit(changed(piece, { f_flags: wanted >>> 0 }));
        return;
      }
      if (isOfFile && isRecord(piece, "FNAME") && isDeleted(fieldsOf(piece).fname)) {
        const { fname } = fieldsOf(piece);
        const { path } = piece;
        const plain = `${fname.slice(0, -ENDING.length)}\0`;
        report.add({
          kind: "changed",
          path,
          record: "FNAME",
          field: "fname",
          old: fname.slice(0, -1),
          new: plain.slice(0, -1),
          why,
          loss: true,
        });
        emit(changed(piece, { fname: plain }));
      } else emit(piece);
      isOfFile = false;
    };
  };
}

function droppedText(piece: RecordPiece): string {
  if (isRecord(piece, "FD_ENT")) return `fd ${fieldsOf(piece).fd}, objref ${fieldsOf(piece).objref}`;
  if (isRecord(piece, "FNAME")) return fieldsOf(piece).fname.slice(0, -1);
  return `objref ${piece.parent}`;
}
