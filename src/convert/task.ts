import { decodeTable, encodeTable } from "../codec/table.js";
import { CrimgError } from "../errors.js";
import { pids } from "../format/cr/records.js";
import type { Dialect } from "../format/dialect.js";
import type { Item } from "../image/item.js";
import type { Context } from "./context.js";
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
} from "./piece.js";

/** One task of several, as the survey found it. */
export interface TaskCut {
  /** Its place among the tasks. */
  readonly index: number;
  /** pids of all tasks, in their order. */
  readonly tasks: readonly number[];
  /** FD_DATA and FNAME by objref: they stand only at the first task that has the file. */
  readonly files: ReadonlyMap<number, readonly RecordPiece[]>;
}

/** The pids of the tasks in an image, in its order: `parent` of MM. */
export function taskPids(items: Iterable<Item>): number[] {
  const found: number[] = [];
  for (const item of items) if (item.kind === "record" && item.name === "MM") found.push(item.parent);
  return found;
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
  const why = `only the task with pid ${pid} is kept`;
  return emit => {
    const renumber = fileRenumbering(context, cut, emit);
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
        const own = ownIds(piece, context, from, cut);
        if (own !== undefined) emit(own);
      } else if (task < 0 || isRecord(piece, "TAIL") || isOutside(piece)) emit(piece);
      else if (task === cut.index) renumber(piece);
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
): RawPiece | undefined {
  const bytes = bytesOf(piece);
  const at = (cut.index - piece.first) * pids.size;
  if (at < 0 || at >= bytes.length) return undefined;
  const entry = bytes.slice(at, at + pids.size);
  const pid = cut.tasks[cut.index]!;
  const ids = decodeTable(pids, entry, from.order);
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
  return { ...own, body: encodeTable(pids, made, from.order) };
}

/** Numbers open files from 1 again, and copies to the task those that stand at an earlier one. */
function fileRenumbering({ report }: Context, { files }: TaskCut, emit: Emit): Emit {
  const objrefs = new Map<number, number>();
  /** What FD_DATA will have to say after the FD_ENT that came last, and what to put there if it does not come. */
  let absent: readonly RecordPiece[] = [];
  let objref = 0;

  const supply = () => {
    for (const piece of absent) {
      report.add({
        kind: "invented",
        path: piece.path,
        record: piece.name,
        field: null,
        new: "a copy",
        why: "the file stands at an earlier task that shares it",
      });
      emit(isRecord(piece, "FD_DATA") ? changed(piece, {}, objref) : piece);
    }
    absent = [];
  };
  const renumbered = (path: string, record: string, field: string, old: number, now: number) => {
    if (old === now) return;
    const why = "open files are numbered from 1 in the order of the image";
    report.add({ kind: "renumbered", path, record, field, old: String(old), new: String(now), why });
  };

  return piece => {
    if (isRecord(piece, "FD_DATA")) {
      absent = [];
      renumbered(piece.path, "FD_DATA", "parent", piece.parent, objref);
      emit(piece.parent === objref ? piece : changed(piece, {}, objref));
      return;
    }
    supply();
    if (!isRecord(piece, "FD_ENT")) return emit(piece);
    const old = fieldsOf(piece).objref;
    const isNew = !objrefs.has(old);
    if (isNew) objrefs.set(old, objrefs.size + 1);
    objref = objrefs.get(old)!;
    absent = isNew ? (files.get(old) ?? []) : [];
    renumbered(piece.path, "FD_ENT", "objref", old, objref);
    emit(old === objref ? piece : changed(piece, { objref }));
  };
}
