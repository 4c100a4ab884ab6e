import { rule, type Say } from "../../../finding.js";
import { checkStopped, DESCRIPTORS_REMEMBERED, OBJECTS_REMEMBERED } from "../../../verify/limits.js";
import { NumberSet } from "../../../verify/number-set.js";
import { placeOfField } from "../../../verify/place.js";
import type { Judge } from "../../verify-facet.js";
import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { follows, isWhole } from "./record-parts.js";

const objrefZero = rule("objref-zero", {
  group: "references",
  severity: "error",
  title: "objref is 0",
  why: "Objects are numbered from 1, and the reader refuses 0.",
  source: "cr_read_fd_ent (rstr_file.c v8)",
});
const objrefUndeclared = rule("objref-undeclared", {
  group: "references",
  severity: "error",
  title: "An open file that is described nowhere before",
  why: "The reader wants FD_DATA at the first FD_ENT with an objref.",
  source: "cr_read_fd_ent (rstr_file.c v8)",
});
const objrefRedeclared = rule("objref-redeclared", {
  group: "references",
  severity: "error",
  title: "An open file that is described twice",
  why: "The reader knows the objref, reads no FD_DATA, and takes it for the next FD_ENT.",
  source: "cr_read_fd_ent (rstr_file.c v8)",
});
const objrefOrder = rule("objref-order", {
  group: "references",
  severity: "note",
  title: "A new objref is not the next number",
  why: "The writers count up from 1. Readers take any number; descriptors may have been taken out.",
  source: "cr_obj_add_ptr (objhash.c v6)",
});
const objrefShared = rule("objref-shared", {
  group: "references",
  severity: "warning",
  title: "objref of MM or FILES is not 0",
  why: "Only open files are shared objects; MM_CONTEXT and FD_ENT must then have it as parent.",
  source: "cr_write_mm (ckpt_mem.c v6), cr_write_files (ckpt_file.c v6)",
});
const fdNegative = rule("fd-negative", {
  group: "references",
  severity: "error",
  title: "A negative descriptor number",
  why: "dup2 refuses it.",
  source: "cr_read_fd_ent (rstr_file.c v8)",
});
const fdDuplicate = rule("fd-duplicate", {
  group: "references",
  severity: "error",
  title: "A descriptor is in the table twice",
  why: "The second closes the first.",
  source: "cr_scan_fds (ckpt_file.c v6)",
});
const fdOrder = rule("fd-order", {
  group: "references",
  severity: "note",
  title: "Descriptors do not ascend",
  why: "The writers go through the table from below. Readers take any order.",
  source: "cr_scan_fds (ckpt_file.c v6)",
});
const nrOpen = rule("nr-open", {
  group: "references",
  severity: "warning",
  title: "More descriptors than fs.nr_open allows by default",
  why: "The reader compares nfds with it (-EMFILE), and dup2 the number.",
  source: "cr_read_files (rstr_file.c v8)",
});
export const descriptorRules = [
  objrefZero,
  objrefUndeclared,
  objrefRedeclared,
  objrefOrder,
  objrefShared,
  fdNegative,
  fdDuplicate,
  fdOrder,
  nrOpen,
];

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
      this.say(objrefUndeclared, place, `objref ${objref} is met here first, but no FD_DATA follows`);
    } else if (isDeclared) {
      this.say(objrefRedeclared, place, `objref ${objref} is declared already, but FD_DATA follows again`);
    } else this.declare(objref, entry);
  }

  private declare(objref: number, entry: RecordOf<"FD_ENT">): void {
    const place = placeOfField(entry, "objref");
    if (this.declared.add(objref) === "beyond" && !this.stopped) {
      this.stopped = true;
      const message = `objref ${objref}: from ${OBJECTS_REMEMBERED} on it is not checked that each is declared once`;
      this.say(checkStopped, place, message);
    }
    if (objref !== this.lastObjref + 1) {
      const message = `objref ${objref} is new, but the next in order is ${this.lastObjref + 1}`;
      this.say(objrefOrder, place, message);
    }
    this.lastObjref = objref;
  }

  private judgeShared(item: RecordOf<"MM"> | RecordOf<"FILES">): void {
    if (!isWhole(item) || item.fields.objref === 0) return;
    const message = `objref of ${item.name} is ${item.fields.objref}, the kernels write 0`;
    this.say(objrefShared, placeOfField(item, "objref"), message);
  }

  private judgeCount(item: RecordOf<"FILES">): void {
    if (!isWhole(item) || item.fields.nfds <= NR_OPEN) return;
    const message = `nfds is ${item.fields.nfds}, nr_open is ${NR_OPEN} unless raised`;
    this.say(nrOpen, placeOfField(item, "nfds"), message);
  }

  private judgeEntry(item: RecordOf<"FD_ENT">): void {
    const { fd, objref } = item.fields;
    this.pending = item;
    if (objref === 0) this.say(objrefZero, placeOfField(item, "objref"), `objref is 0 at descriptor ${fd}`);
    const place = placeOfField(item, "fd");
    if (fd < 0) {
      this.say(fdNegative, place, `descriptor number ${fd}`);
      return;
    }
    if (fd >= NR_OPEN) this.say(nrOpen, place, `fd is ${fd}, nr_open is ${NR_OPEN} unless raised`);
    if (this.used.add(fd) === "known") {
      this.say(fdDuplicate, place, `descriptor ${fd} is in this table already`);
    } else if (fd < this.lastFd) {
      this.say(fdOrder, place, `descriptor ${fd} comes after ${this.lastFd}`);
    }
    this.lastFd = fd;
  }
}
