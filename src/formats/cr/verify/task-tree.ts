import type { Values } from "../../../codec/table.js";
import { type Place, rule, type Say } from "../../../finding.js";
import type { pids } from "../records.js";

export const pidsDuplicate = rule("pids-duplicate", {
  group: "references",
  severity: "error",
  title: "Two tasks have the same vpid",
  why: "Tasks find their place in a restart by vpid: one of them never comes.",
  source: "cr_read_tree, cr_next_task (restart.c v9)",
});
const pidsParent = rule("pids-parent", {
  group: "references",
  severity: "warning",
  title: "A task below none of the tree",
  why: "Only the root's parent is outside of the tree; who makes the tasks anew cannot place this one.",
  source: "cr_build_tree (checkpoint.c v9)",
});
const pidsOrder = rule("pids-order", {
  group: "references",
  severity: "warning",
  title: "A task stands before its parent",
  why: "The root is first, and each task stands before those below it: who makes them in this order fails.",
  source: "tree_count_tasks (checkpoint.c v9)",
});
const pidsCycle = rule("pids-cycle", {
  group: "references",
  severity: "error",
  title: "A task is its own ancestor",
  why: "Such tasks cannot be made.",
  source: "cr_write_pids (checkpoint.c v9)",
});
export const treeRules = [pidsParent, pidsOrder, pidsCycle];

export type Ids = Values<typeof pids.fields>;

/** Entries that cr_write_pids writes at a time, each time from the start of its buffer. */
const PIDS_CHUNK = 256;

interface Entry {
  readonly vpid: number;
  readonly vtgid: number;
  readonly vppid: number;
  readonly offset: number;
}

/**
 * The pids array as a tree: each task once, the root first, each below a task of the tree. Takes the entries one by
 * one, and judges them when all are there: a parent may stand behind its child.
 */
export class TaskTree {
  private readonly entries: Entry[] = [];
  private readonly indexOf = new Map<number, number>();
  private path = "";
  private finished = false;

  constructor(private readonly say: Say) {}

  add({ vpid, vtgid, vppid }: Ids, { offset, path }: Place): void {
    const index = this.entries.length;
    this.path = path;
    this.entries.push({ vpid, vtgid, vppid, offset });
    // No task has such a vpid, so nothing refers to it.
    if (vpid <= 0) return;
    const before = this.indexOf.get(vpid);
    if (before === undefined) this.indexOf.set(vpid, index);
    // From the 257th on the kernel's writer repeats itself: a matter of its own.
    else if (!this.repeats(index)) {
      this.say(pidsDuplicate, { offset, path }, `vpid ${vpid} of task[${index}] is that of task[${before}]`);
    }
  }

  /** vpid of a task; undefined if the array does not tell it. */
  vpidOf(index: number): number | undefined {
    const entry = this.entries[index];
    return entry === undefined || entry.vpid <= 0 || this.repeats(index) ? undefined : entry.vpid;
  }

  /** All entries are there. */
  finish(): void {
    if (this.finished) return;
    this.finished = true;
    const inCycle = this.cycles();
    for (const [index, entry] of this.entries.entries()) {
      if (!this.repeats(index) && !inCycle.has(index)) this.judge(index, entry);
    }
  }

  private judge(index: number, { vpid, vtgid, vppid, offset }: Entry): void {
    const place = { offset, path: this.path };
    const parent = this.indexOf.get(vppid);
    const who = `task[${index}] (vpid ${vpid})`;
    if (parent === undefined) {
      if (index > 0) this.say(pidsParent, place, `vppid ${vppid} of ${who} is not in the tree`);
    } else if (parent > index) {
      this.say(pidsOrder, place, `${who} stands before its parent task[${parent}] (vpid ${vppid})`);
    }
    if (vtgid !== vpid && !this.indexOf.has(vtgid)) {
      this.say(pidsParent, place, `vtgid ${vtgid} of ${who} is not in the tree`);
    }
  }

  /** The tasks that are their own ancestors; says each cycle once, at its first task. */
  private cycles(): Set<number> {
    const inCycle = new Set<number>();
    const seenFrom = new Int32Array(this.entries.length).fill(-1);
    for (let start = 0; start < this.entries.length; start++) {
      let at: number | undefined = start;
      while (at !== undefined && seenFrom[at] === -1) {
        seenFrom[at] = start;
        at = this.parentOf(at);
      }
      if (at !== undefined && seenFrom[at] === start) this.sayCycle(at, inCycle);
    }
    return inCycle;
  }

  private parentOf(index: number): number | undefined {
    return this.indexOf.get(this.entries[index]!.vppid);
  }

  private sayCycle(start: number, inCycle: Set<number>): void {
    const vpids: number[] = [];
    let first = start;
    for (let at = start; !inCycle.has(at); at = this.parentOf(at)!) {
      inCycle.add(at);
      if (vpids.length < SHOWN) vpids.push(this.entries[at]!.vpid);
      first = Math.min(first, at);
    }
    const message = `these tasks are below themselves: vpid ${vpids.join(" -> ")} -> ...`;
    this.say(pidsCycle, { offset: this.entries[first]!.offset, path: this.path }, message);
  }

  private repeats(index: number): boolean {
    const twin = this.entries[index % PIDS_CHUNK]!;
    return index >= PIDS_CHUNK && twin.vpid === this.entries[index]!.vpid;
  }
}

/** vpids of a cycle that its message names. */
const SHOWN = 8;
