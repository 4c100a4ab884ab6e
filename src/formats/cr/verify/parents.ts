import type { CrItem, CrRecord } from "../item.js";
import type { RecordName } from "../records.js";
import { isWhole, type Judge, placeOfParent, type Say } from "./judge.js";

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
    const rule = written[name];
    if (rule === "pid") return;
    if (rule === "zero, unread" || rule === "zero") {
      if (parent === 0) return;
      const id = rule === "zero" ? "parent" : "parent-unread";
      this.say(id, placeOfParent(item), `parent of ${name} is ${parent}, expected 0`);
    } else {
      const objref = this.objrefs.get(rule);
      if (objref === undefined || objref === parent) return;
      this.say("parent", placeOfParent(item), `parent of ${name} is ${parent}, ${rule}.objref is ${objref}`);
    }
  }

  private sayNegative(item: CrRecord): void {
    const message = `parent of ${item.name} is ${item.header.parent}: as an int it is ${item.header.parent | 0}, an errno`;
    this.say("parent-negative", placeOfParent(item), message);
  }
}
