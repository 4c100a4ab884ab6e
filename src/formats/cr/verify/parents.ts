import { rule, type Say } from "../../../finding.js";
import type { Judge } from "../../verify-facet.js";

import type { CrItem, CrRecord } from "../item.js";
import type { RecordName } from "../records.js";
import { isWhole, placeOfParent } from "./record-parts.js";

const wrongParent = rule("parent", {
  group: "references",
  severity: "error",
  title: "parent is not what the record belongs to",
  why: "The reader compares it and refuses the image.",
  source: "format 1.6; cr_read_vma, cr_read_fd_ent, cr_read_mm_context (v8)",
});
const parentUnread = rule("parent-unread", {
  group: "references",
  severity: "warning",
  title: "parent is not 0 where no reader tests it",
  why: "The writers put 0 there. At STRING comm is then not restored, at HEAD_ARCH the FPU is not compared.",
  source: "format 1.6; cr_read_head_arch (v9), cr_read_task_struct (v6)",
});
const parentNegative = rule("parent-negative", {
  group: "references",
  severity: "error",
  title: "parent is negative as an int",
  why: "The readers return it as an error number.",
  source: "cr_read_obj_type (restart.c v6)",
});
export const parentRules = [wrongParent, parentUnread, parentNegative];

/** What the writers put into `parent`: 0, the pid of the task, or an objref that an earlier record said. */
type Written = "zero" | "zero, unread" | "pid" | Owner;
type Owner = "MM" | "FILES" | "FD_ENT";

const written: Readonly<Record<RecordName, Written>> = {
  HEAD: "zero",
  HEAD_ARCH: "zero, unread",
  BUFFER: "zero, unread",
  STRING: "zero, unread",
  FNAME: "zero, unread",
  TREE: "zero",
  TASK: "zero",
  THREAD: "pid",
  CPU: "pid",
  MM: "pid",
  VMA: "zero",
  PGARR: "zero",
  MM_CONTEXT: "MM",
  FILES: "pid",
  FD_ENT: "FILES",
  FD_DATA: "FD_ENT",
  TAIL: "zero",
};

/** The readers take `parent` for an int, and a negative one for an errno. */
const FIRST_NEGATIVE = 2 ** 31;

/** Holds `parent` of every record against what the writers put there. Pids are held against each other by `Tasks`. */
export class Parents implements Judge {
  /** The latest objref of each record that owns others. */
  private readonly objrefs = new Map<string, number>();

  constructor(private readonly say: Say) {}

  add(item: CrItem): void {
    if (item.kind !== "record") return;
    if (item.header.parent >= FIRST_NEGATIVE) this.sayNegative(item);
    else this.judge(item);
    if (item.name === "TASK") this.objrefs.clear();
    else if (item.name === "MM" || item.name === "FILES" || item.name === "FD_ENT") {
      if (isWhole(item)) this.objrefs.set(item.name, item.fields.objref);
      else this.objrefs.delete(item.name);
    }
  }

  private judge(item: CrRecord): void {
    const { name } = item;
    const { parent } = item.header;
    const expected = written[name];
    if (expected === "pid") return;
    if (expected === "zero, unread" || expected === "zero") {
      if (parent === 0) return;
      const broken = expected === "zero" ? wrongParent : parentUnread;
      this.say(broken, placeOfParent(item), `parent of ${name} is ${parent}, expected 0`);
    } else {
      const objref = this.objrefs.get(expected);
      if (objref === undefined || objref === parent) return;
      this.say(
        wrongParent,
        placeOfParent(item),
        `parent of ${name} is ${parent}, ${expected}.objref is ${objref}`,
      );
    }
  }

  private sayNegative(item: CrRecord): void {
    const message = `parent of ${item.name} is ${item.header.parent}: as an int it is ${item.header.parent | 0}, an errno`;
    this.say(parentNegative, placeOfParent(item), message);
  }
}
