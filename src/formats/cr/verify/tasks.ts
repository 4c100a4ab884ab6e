import { elements, type RawItem } from "../../../stream/item.js";
import { TASKS_REMEMBERED } from "../../../verify/limits.js";
import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { isWhole, type Judge, type Place, placeOfField, placeOfParent, type Say } from "./judge.js";
import { type Ids, TaskTree } from "./task-tree.js";

/** PID_MAX_LIMIT of i386. */
const PID_MAX = 32768;

/** Do the pids make a tree, and do the tasks agree with them? */
export class Tasks implements Judge {
  readonly wants = ["TREE", "TASK", "MM", "FILES", "THREAD", "CPU", "pids"] as const;
  private tree: TaskTree | undefined;
  /** `TASK`s met. */
  private index = -1;
  /** The pid that the first record of the task gave. */
  private first: { readonly name: string; readonly pid: number } | undefined;

  constructor(private readonly say: Say) {}

  add(item: CrItem): void {
    if (item.kind === "raw" && item.name === "pids") this.addIds(item);
    else if (item.kind === "record") this.addRecord(item);
  }

  private addRecord(item: CrRecord): void {
    if (item.name !== "TREE") this.tree?.finish();
    switch (item.name) {
      case "TREE":
        this.startTree(item);
        break;
      case "TASK":
        this.index++;
        this.first = undefined;
        break;
      case "MM":
      case "FILES":
      case "THREAD":
      case "CPU":
        this.judgePid(item);
        break;
    }
  }

  private startTree(item: RecordOf<"TREE">): void {
    this.tree = new TaskTree(this.say);
    if (!isWhole(item)) return;
    const { tasks_nr } = item.fields;
    const why =
      tasks_nr === 0
        ? "0: the restart would wait for ever"
        : tasks_nr >= 2 ** 27
          ? `${tasks_nr}: the pids array would be larger than an int can say`
          : undefined;
    if (why !== undefined) this.say("tasks-nr", placeOfField(item, "tasks_nr"), `tasks_nr is ${why}`);
  }

  private addIds(item: RawItem): void {
    const { stride } = item.block;
    for (const [i, ids] of elements<Ids>(item).entries()) {
      const index = item.first + i;
      const place = { offset: item.offset + i * (stride as number), path: item.path };
      this.judgeRange(ids, place);
      if (index === TASKS_REMEMBERED) {
        const message = `more than ${TASKS_REMEMBERED} tasks: pids from here on are not compared`;
        this.say("check-stopped", place, message);
      }
      if (index < TASKS_REMEMBERED) this.tree?.add(ids, place);
    }
  }

  private judgeRange(ids: Ids, place: Place): void {
    const { vpid, vtgid } = ids;
    for (const [name, value] of Object.entries({ vpid, vtgid })) {
      if (value > 0 && value <= PID_MAX) continue;
      this.say("pid-range", place, `${name} is ${value}, expected 1 to ${PID_MAX}`);
    }
  }

  private judgePid(item: CrRecord): void {
    const { name } = item;
    const { parent: pid } = item.header;
    const place = placeOfParent(item);
    if (pid >= 2 ** 31) return; // Parents says so.
    if (this.first !== undefined) {
      if (pid !== this.first.pid) {
        const message = `parent of ${name} is ${pid}, that of ${this.first.name} is ${this.first.pid}`;
        this.say("pid-mismatch", place, message);
      }
      return;
    }
    if (pid > 0) this.first = { name, pid };
    if (pid === 0 || pid > PID_MAX) {
      this.say("pid-range", place, `parent of ${name} is ${pid}, expected a pid: 1 to ${PID_MAX}`);
    }
    const vpid = this.tree?.vpidOf(this.index);
    if (vpid !== undefined && vpid !== pid) {
      this.say("pid-mismatch", place, `parent of ${name} is ${pid}, vpid in the pids array is ${vpid}`);
    }
  }
}
