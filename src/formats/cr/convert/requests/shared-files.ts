import { changed, reportPlace } from "../../../../convert/piece.js";
import type { ChangeReport, EmitPiece, Piece, RecordPiece } from "../../../convert-piece.js";
import { type CrRecordPiece, isRecord } from "../piece.js";

/** The open files of one task: numbered from 1 again, and those that stand at an earlier task copied to it. */
export class SharedFiles {
  /** FD_DATA and FNAME by objref: they stand only at the first task that has the file. */
  private readonly known = new Map<number, RecordPiece[]>();
  private readonly objrefs = new Map<number, number>();
  private file: RecordPiece[] | undefined;
  /** What belongs behind the last FD_ENT, unless it comes by itself. */
  private absent: readonly RecordPiece[] = [];
  private objref = 0;
  private path = "";

  constructor(
    private readonly report: ChangeReport,
    private readonly emit: EmitPiece,
  ) {}

  /** A piece of an earlier task. */
  remember(piece: Piece): void {
    if (piece.kind !== "record") return;
    if (isRecord(piece, "FD_DATA")) {
      this.file = [];
      this.known.set(piece.header.parent, this.file);
    } else if (!isRecord(piece, "FNAME")) this.file = undefined;
    // Not a view of the window, which would stay in memory with it.
    const stored = piece.stored && new Uint8Array(piece.stored);
    this.file?.push({ ...piece, stored });
  }

  /** A piece of the task itself. */
  take(piece: Piece): void {
    // An unknown record may stand anywhere, and says nothing about its neighbours.
    if (piece.kind === "plain") this.emit(piece);
    else if (isRecord(piece, "FD_DATA")) this.takeFile(piece);
    else {
      this.supply();
      if (isRecord(piece, "FD_ENT")) this.takeEntry(piece);
      else this.emit(piece);
    }
  }

  private takeFile(piece: CrRecordPiece<"FD_DATA">): void {
    this.absent = [];
    this.sayRenumbered(piece, "parent", piece.header.parent);
    this.emit(this.withObjref(piece));
  }

  private takeEntry(piece: CrRecordPiece<"FD_ENT">): void {
    const old = piece.fields.objref;
    const isNew = !this.objrefs.has(old);
    if (isNew) this.objrefs.set(old, this.objrefs.size + 1);
    this.objref = this.objrefs.get(old)!;
    this.path = piece.path;
    this.absent = isNew ? (this.known.get(old) ?? []) : [];
    this.sayRenumbered(piece, "objref", old);
    this.emit(old === this.objref ? piece : changed(piece, { objref: this.objref }));
  }

  /** Puts the file of the last FD_ENT there, if an earlier task has it. */
  private supply(): void {
    for (const piece of this.absent) {
      const isData = isRecord(piece, "FD_DATA");
      const copy = { ...piece, path: `${this.path}.fd_data${isData ? "" : ".fname"}` };
      this.report.add({
        kind: "invented",
        ...reportPlace(copy),
        new: `a copy of ${piece.path}`,
        why: "the file stands at an earlier task that shares it",
      });
      this.emit(isData ? this.withObjref(copy) : copy);
    }
    this.absent = [];
  }

  /** FD_DATA for the number that its file has now. */
  private withObjref(piece: RecordPiece): RecordPiece {
    const parent = this.objref;
    return piece.header["parent"] === parent ? piece : changed(piece, {}, { parent });
  }

  private sayRenumbered(piece: RecordPiece, field: string, old: number): void {
    if (old === this.objref) return;
    this.report.add({
      kind: "renumbered",
      ...reportPlace(piece, field),
      old: String(old),
      new: String(this.objref),
      why: "open files are numbered from 1 in the order of the image",
    });
  }
}
