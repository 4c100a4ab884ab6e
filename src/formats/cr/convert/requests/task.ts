import { decodeTable, encodeTable } from "../../../../codec/table.js";
import type { Context } from "../../../../convert/context.js";
import {
  bytesOf,
  changed,
  type Emit,
  fieldsOf,
  isRecord,
  type Piece,
  type RawPiece,
  type RecordPiece,
  type Stage,
} from "../../../../convert/piece.js";
import { CrimgError } from "../../../../errors.js";
import type { Dialect } from "../../../../stream/dialect.js";
import type { ImageStart, Item } from "../../../../stream/item.js";
import { pids } from "../../records.js";

/** One task of several, as the survey found it. */
export interface TaskCut {
  /** Its place among the tasks. */
  readonly index: number;
  /** pids of all tasks, in their order. */
  readonly tasks: readonly number[];
}

/** The pids of the tasks in an image, in its order: `parent` of MM. Throws `refused` if they name no file each. */
export function taskPids(items: Iterable<Item>): number[] {
  const found = new Set<number>();
  let image: ImageStart | undefined;
  for (const item of items) {
    if (item.kind !== "record") continue;
    image ??= item.image;
    if (item.image !== image) {
      throw new CrimgError("refused", "the input holds several images: choose one of them first");
    }
    if (item.name !== "MM") continue;
    if (found.has(item.header["parent"]!))
      throw new CrimgError("refused", `two tasks have the pid ${item.header["parent"]!}`);
    found.add(item.header["parent"]!);
  }
  if (found.size === 0) throw new CrimgError("refused", "no task of the image has memory to take out");
  return [...found];
}

/** The place of the task with this pid; `usage` if there is none. */
export function taskIndex(tasks: readonly number[], pid: number): number {
  const index = tasks.indexOf(pid);
  if (index >= 0) return index;
  const known = tasks.slice(0, 20).join(", ") + (tasks.length > 20 ? ", ..." : "");
  throw new CrimgError("usage", `no task has pid ${pid}; there are ${known || "none"}`);
}

/** Takes one task out of an image of several, with the open files that it shares with others. */
export function onlyTask(context: Context, from: Dialect, cut: TaskCut): Stage {
  const { report } = context;
  const pid = cut.tasks[cut.index]!;
  // Its files are shared with nobody, and numbered as they may stay.
  const isAlone = cut.tasks.length === 1;
  const why = `only the task with pid ${pid} is kept`;
  return emit => {
    const files = new OpenFiles(context, emit);
    let task = -1;
    return piece => {
      if (isRecord(piece, "TASK")) {
        task++;
        if (task !== cut.index) {
          const old = `pid ${cut.tasks[task]}, with its memory, files and registers`;
          report.add({
            kind: "dropped",
            path: piece.path,
            record: "TASK",
            field: null,
            old,
            why,
            loss: true,
          });
        }
      }
      if (isRecord(piece, "TREE")) emit(onlyOne(piece, context, why));
      else if (piece.kind === "raw" && piece.name === "pids") {
        const own = ownIds(piece, context, from, cut, why);
        if (own !== undefined) emit(own);
      } else if (isAlone || task < 0 || isRecord(piece, "TAIL") || isOutside(piece)) emit(piece);
      else if (task === cut.index) files.take(piece);
      else if (task < cut.index) files.remember(piece);
    };
  };
}

function isOutside(piece: Piece): boolean {
  return piece.kind === "plain" && !piece.path.includes("task[");
}

function onlyOne(piece: RecordPiece, { report }: Context, why: string): RecordPiece {
  const { path, fields } = piece;
  if (fields["tasks_nr"] === 1) return piece;
  report.add({
    kind: "changed",
    path,
    record: "TREE",
    field: "tasks_nr",
    old: String(fields["tasks_nr"]),
    new: "1",
    why,
    loss: true,
  });
  return changed(piece, { tasks_nr: 1 });
}

/** The entry of the task, if it is in this part of the array. */
function ownIds(
  piece: RawPiece,
  { goal, report }: Context,
  from: Dialect,
  cut: TaskCut,
  why: string,
): RawPiece | undefined {
  const bytes = bytesOf(piece);
  const count = bytes.length / pids.size;
  const at = (cut.index - piece.first) * pids.size;
  const others = at >= 0 && at < bytes.length ? count - 1 : count;
  if (others > 0) {
    report.add({
      kind: "dropped",
      path: piece.path,
      record: "pids",
      field: null,
      old: `${others} entries`,
      why,
      loss: true,
    });
  }
  if (at < 0 || at >= bytes.length) return undefined;
  const entry = bytes.slice(at, at + pids.size);
  const pid = cut.tasks[cut.index]!;
  const ids = decodeTable(pids, entry, from.abi.order);
  const own = { ...piece, first: 0, body: entry };
  if (ids.vpid === pid) return own;
  // From the 257th task on cr_write_pids repeats the first entries: the task's own one was never written.
  report.add({
    kind: "invented",
    path: piece.path,
    record: "pids",
    field: null,
    old: `vpid ${ids.vpid}`,
    new: `vpid ${pid}, vtgid ${pid}, vppid ${goal.ppid}`,
    why: "the array holds another task's entry at this place",
  });
  const made = { vpid: pid, vtgid: pid, vppid: goal.ppid, _pad: 0 };
  return { ...own, body: encodeTable(pids, made, from.abi.order) };
}

/** The open files of the task: numbered from 1 again, and those that stand at an earlier task copied to it. */
class OpenFiles {
  /** FD_DATA and FNAME by objref: they stand only at the first task that has the file. */
  private readonly known = new Map<number, RecordPiece[]>();
  private readonly objrefs = new Map<number, number>();
  private file: RecordPiece[] | undefined;
  /** What belongs behind the last FD_ENT, unless it comes by itself. */
  private absent: readonly RecordPiece[] = [];
  private objref = 0;
  private path = "";

  constructor(
    private readonly context: Context,
    private readonly emit: Emit,
  ) {}

  /** A piece of an earlier task. */
  remember(piece: Piece): void {
    if (piece.kind !== "record") return;
    if (piece.name === "FD_DATA") {
      this.file = [];
      this.known.set(piece.parent, this.file);
    } else if (piece.name !== "FNAME") this.file = undefined;
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

  private takeFile(piece: RecordPiece): void {
    this.absent = [];
    this.renumbered(piece.path, "FD_DATA", "parent", piece.parent, this.objref);
    this.emit(piece.parent === this.objref ? piece : changed(piece, {}, this.objref));
  }

  private takeEntry(piece: RecordPiece & { readonly name: "FD_ENT" }): void {
    const old = fieldsOf(piece).objref;
    const isNew = !this.objrefs.has(old);
    if (isNew) this.objrefs.set(old, this.objrefs.size + 1);
    this.objref = this.objrefs.get(old)!;
    this.path = piece.path;
    this.absent = isNew ? (this.known.get(old) ?? []) : [];
    this.renumbered(piece.path, "FD_ENT", "objref", old, this.objref);
    this.emit(old === this.objref ? piece : changed(piece, { objref: this.objref }));
  }

  private supply(): void {
    for (const piece of this.absent) {
      const isData = piece.name === "FD_DATA";
      const path = `${this.path}.fd_data${isData ? "" : ".fname"}`;
      this.context.report.add({
        kind: "invented",
        path,
        record: piece.name,
        field: null,
        new: `a copy of ${piece.path}`,
        why: "the file stands at an earlier task that shares it",
      });
      const copy = { ...piece, path };
      this.emit(isData && piece.parent !== this.objref ? changed(copy, {}, this.objref) : copy);
    }
    this.absent = [];
  }

  private renumbered(path: string, record: string, field: string, old: number, now: number): void {
    if (old === now) return;
    const why = "open files are numbered from 1 in the order of the image";
    this.context.report.add({
      kind: "renumbered",
      path,
      record,
      field,
      old: String(old),
      new: String(now),
      why,
    });
  }
}
