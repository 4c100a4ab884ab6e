import { DESCRIPTORS_REMEMBERED, OBJECTS_REMEMBERED } from "../../../verify/limits.js";
import { NumberSet } from "../../../verify/number-set.js";
import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { follows, isWhole, type Judge, placeOfField, type Say } from "./judge.js";

/** sysctl_nr_open unless someone raised it: no descriptor number reaches it. */
const NR_OPEN = 1024 * 1024;

/** Is every open file described once, where it is first met, and every descriptor number there once? */
export class Descriptors implements Judge {
  readonly wants = ["TASK", "MM", "FILES", "FD_ENT", "FD_DATA", "THREAD", "TAIL"] as const;
  private readonly declared = new NumberSet(OBJECTS_REMEMBERED);
  private readonly used = new NumberSet(DESCRIPTORS_REMEMBERED);
  private lastObjref = 0;
  private lastFd = -1;
  /** The latest FD_ENT: the record behind it tells whether its file is described here. */
  private pending: RecordOf<"FD_ENT"> | undefined;
  private stopped = false;

  constructor(private readonly say: Say) {}

  add(item: CrItem): void {
    if (item.kind !== "record") return;
    this.settle(item);
    if (item.name === "MM" || item.name === "FILES") this.judgeShared(item);
    if (item.name === "FILES") {
      this.used.clear();
      this.lastFd = -1;
      this.judgeCount(item);
    } else if (item.name === "FD_ENT" && isWhole(item)) this.judgeEntry(item);
  }

  /** With a record after an FD_ENT it is known whether its objref is declared here. */
  private settle(next: CrRecord): void {
    const entry = this.pending;
    if (entry === undefined) return;
    this.pending = undefined;
    const { objref } = entry.fields;
    const isDescribed = next.name === "FD_DATA" && follows(next, entry);
    // A damaged objref is said once; what comes after it is held against what FD_DATA says.
    if (isDescribed && next.header.parent > 0 && next.header.parent < OBJECTS_REMEMBERED) {
      if (objref === 0 || this.declared.has(objref)) this.lastObjref = next.header.parent;
    }
    if (objref === 0) return;
    const isDeclared = this.declared.has(objref);
    const place = placeOfField(entry, "objref");
    if (!isDescribed) {
      if (isDeclared || objref >= OBJECTS_REMEMBERED) return;
      this.lastObjref = objref;
      this.say("objref-undeclared", place, `objref ${objref} is met here first, but no FD_DATA follows`);
    } else if (isDeclared) {
      this.say("objref-redeclared", place, `objref ${objref} is declared already, but FD_DATA follows again`);
    } else this.declare(objref, entry);
  }

  private declare(objref: number, entry: RecordOf<"FD_ENT">): void {
    const place = placeOfField(entry, "objref");
    if (this.declared.add(objref) === "beyond" && !this.stopped) {
      this.stopped = true;
      const message = `objref ${objref}: from ${OBJECTS_REMEMBERED} on it is not checked that each is declared once`;
      this.say("check-stopped", place, message);
    }
    if (objref !== this.lastObjref + 1) {
      const message = `objref ${objref} is new, but the next in order is ${this.lastObjref + 1}`;
      this.say("objref-order", place, message);
    }
    this.lastObjref = objref;
  }

  private judgeShared(item: RecordOf<"MM"> | RecordOf<"FILES">): void {
    if (!isWhole(item) || item.fields.objref === 0) return;
    const message = `objref of ${item.name} is ${item.fields.objref}, the kernels write 0`;
    this.say("objref-shared", placeOfField(item, "objref"), message);
  }

  private judgeCount(item: RecordOf<"FILES">): void {
    if (!isWhole(item) || item.fields.nfds <= NR_OPEN) return;
    const message = `nfds is ${item.fields.nfds}, nr_open is ${NR_OPEN} unless raised`;
    this.say("nr-open", placeOfField(item, "nfds"), message);
  }

  private judgeEntry(item: RecordOf<"FD_ENT">): void {
    const { fd, objref } = item.fields;
    this.pending = item;
    if (objref === 0)
      this.say("objref-zero", placeOfField(item, "objref"), `objref is 0 at descriptor ${fd}`);
    const place = placeOfField(item, "fd");
    if (fd < 0) {
      this.say("fd-negative", place, `descriptor number ${fd}`);
      return;
    }
    if (fd >= NR_OPEN) this.say("nr-open", place, `fd is ${fd}, nr_open is ${NR_OPEN} unless raised`);
    if (this.used.add(fd) === "known") {
      this.say("fd-duplicate", place, `descriptor ${fd} is in this table already`);
    } else if (fd < this.lastFd) {
      this.say("fd-order", place, `descriptor ${fd} comes after ${this.lastFd}`);
    }
    this.lastFd = fd;
  }
}
