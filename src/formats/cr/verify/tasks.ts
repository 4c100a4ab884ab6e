import { type Place, rule, type Say } from "../../../finding.js";
import { elements, type RawItem } from "../../../stream/item.js";
import { checkStopped, TASKS_REMEMBERED } from "../../../verify/limits.js";
import { placeOfField } from "../../../verify/place.js";
import type { Judge } from "../../verify-facet.js";
import { cr3a } from "../cr-3a.js";
import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { pids } from "../records.js";
import { isWhole, placeOfParent } from "./record-parts.js";
import { type Ids, TaskTree } from "./task-tree.js";

const pidMismatch = rule("pid-mismatch", {
  group: "references",
  severity: "warning",
  title: "The records of a task name different pids",
  why: "Each writes the pid of its task. Readers do not compare them, so a mixture of two tasks goes unnoticed.",
  source: "cr_write_mm, cr_write_files, cr_write_thread, cr_write_cpu (v6); cr_write_pids (v9)",
});
const pidRange = rule("pid-range", {
  group: "references",
  severity: "warning",
  title: "A pid that no task can have",
  why: "Pids of i386 are 1 to 32768; 0 stands for a task that is not seen from the namespace.",
  source: "PID_MAX_LIMIT (linux/threads.h)",
});
const tasksNr = rule("tasks-nr", {
  group: "references",
  severity: "error",
  title: "No restart can wait for so many tasks",
  why: "With none the root waits for ever; beyond 2^27 the size of the pids array overflows.",
  source: "cr_read_tree (restart.c v9)",
});
export const taskRules = [pidMismatch, pidRange, tasksNr];

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
        ? item.image.dialect === cr3a
          ? "0: v9 takes what follows for its first task"
          : "0: the restart would wait for ever"
        : tasks_nr >= 2 ** 27
          ? `${tasks_nr}: the pids array would be larger than an int can say`
          : undefined;
    if (why !== undefined) this.say(tasksNr, placeOfField(item, "tasks_nr"), `tasks_nr is ${why}`);
  }

  private addIds(item: RawItem): void {
    for (const [i, ids] of elements<Ids>(item).entries()) {
      const index = item.first + i;
      const place = { offset: item.offset + i * pids.size, path: item.path };
      this.judgeRange(ids, place);
      if (index === TASKS_REMEMBERED) {
        const message = `more than ${TASKS_REMEMBERED} tasks: pids from here on are not compared`;
        this.say(checkStopped, place, message);
      }
      if (index < TASKS_REMEMBERED) this.tree?.add(ids, place);
    }
  }

  private judgeRange(ids: Ids, place: Place): void {
    const { vpid, vtgid } = ids;
    for (const [name, value] of Object.entries({ vpid, vtgid })) {
      if (value > 0 && value <= PID_MAX) continue;
      this.say(pidRange, place, `${name} is ${value}, expected 1 to ${PID_MAX}`);
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
        this.say(pidMismatch, place, message);
      }
      return;
    }
    if (pid > 0) this.first = { name, pid };
    if (pid === 0 || pid > PID_MAX) {
      this.say(pidRange, place, `parent of ${name} is ${pid}, expected a pid: 1 to ${PID_MAX}`);
    }
    const vpid = this.tree?.vpidOf(this.index);
    if (vpid !== undefined && vpid !== pid) {
      this.say(pidMismatch, place, `parent of ${name} is ${pid}, vpid in the pids array is ${vpid}`);
    }
  }
}
