import { decodeTable, encodeTable } from "../../../../codec/table.js";
import { type ChangeNote, changeFields } from "../../../../convert/change-fields.js";
import { bytesOf, reportPlace } from "../../../../convert/piece.js";
import { CrimgError } from "../../../../errors.js";
import type { ImageStart, Item } from "../../../../stream/item.js";
import type { Piece, RawPiece, Stage } from "../../../convert-piece.js";
import { pids } from "../../records.js";
import type { CrContext } from "../context.js";
import { isRecord } from "../piece.js";
import { SharedFiles } from "./shared-files.js";

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

/** `--task`: takes one task out of an image of several, with the open files that it shares with others. */
export function onlyTask(context: CrContext, index: number): Stage {
  const { report, survey } = context;
  const { tasks } = survey;
  // Its files are shared with nobody, and numbered as they may stay.
  const isAlone = tasks.length === 1;
  const note = { why: `only the task with pid ${tasks[index]} is kept`, loss: true };
  return emit => {
    const files = new SharedFiles(report, emit);
    let task = -1;
    return piece => {
      if (isRecord(piece, "TASK")) {
        task++;
        if (task !== index) {
          const old = `pid ${tasks[task]}, with its memory, files and registers`;
          report.add({ kind: "dropped", ...reportPlace(piece), old, ...note });
        }
      }
      if (isRecord(piece, "TREE")) emit(changeFields(piece, { tasks_nr: 1 }, report, note));
      else if (piece.kind === "raw" && piece.name === "pids") {
        const own = ownIds(piece, context, index, note);
        if (own !== undefined) emit(own);
      } else if (isAlone || task < 0 || isRecord(piece, "TAIL") || isOutside(piece)) emit(piece);
      else if (task === index) files.take(piece);
      else if (task < index) files.remember(piece);
    };
  };
}

function isOutside(piece: Piece): boolean {
  return piece.kind === "plain" && !piece.path.includes("task[");
}

/** The entry of the task, if it is in this part of the array. */
function ownIds(
  piece: RawPiece,
  { image, goal, survey: { tasks }, report }: CrContext,
  index: number,
  note: ChangeNote,
): RawPiece | undefined {
  const { order } = image.abi;
  const bytes = bytesOf(piece);
  const count = bytes.length / pids.size;
  const at = (index - piece.first) * pids.size;
  const isHere = at >= 0 && at < bytes.length;
  const others = isHere ? count - 1 : count;
  if (others > 0) report.add({ kind: "dropped", ...reportPlace(piece), old: `${others} entries`, ...note });
  if (!isHere) return undefined;
  const entry = bytes.slice(at, at + pids.size);
  const pid = tasks[index]!;
  const ids = decodeTable(pids, entry, order);
  const own = { ...piece, first: 0, body: entry };
  if (ids.vpid === pid) return own;
  // From the 257th task on cr_write_pids repeats the first entries: the task's own one was never written.
  report.add({
    kind: "invented",
    ...reportPlace(piece),
    old: `vpid ${ids.vpid}`,
    new: `vpid ${pid}, vtgid ${pid}, vppid ${goal.ppid}`,
    why: "the array holds another task's entry at this place",
  });
  const made = { vpid: pid, vtgid: pid, vppid: goal.ppid, _pad: 0 };
  return { ...own, body: encodeTable(pids, made, order) };
}
