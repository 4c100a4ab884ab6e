import { rule, type Say } from "../../../finding.js";
import { placeOfField } from "../../../verify/place.js";
import type { Judge } from "../../verify-facet.js";

import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { cpu784, cpu896 } from "../records.js";
import { isWhole } from "./record-parts.js";

export const wrongRev = rule("rev", {
  group: "structure",
  severity: "error",
  title: "rev is none the records have",
  why: "Every reader compares rev with its CR_VERSION and refuses another.",
  source: "cr_read_head (restart.c v6)",
});
export const severalImages = rule("several-images", {
  group: "structure",
  severity: "note",
  title: "The file holds more than one image",
  why: "sys_restart restores the one at the file position, and leaves the others alone.",
  source: "do_restart (restart.c v6)",
});
export const cpuBase = rule("cpu-base", {
  group: "structure",
  severity: "warning",
  title: "CPU is not as long as on the kernel that the head names",
  why: "A reader on a 2.6.27 base wants 784 bytes, on 2.6.28 896: one or the other was changed.",
  source: "struct cr_hdr_cpu (asm/checkpoint_hdr.h v6)",
});
const headTime = rule("head-time", {
  group: "sense",
  severity: "warning",
  title: "No kernel took a checkpoint at this time",
  why: "A time of 0 or after the year 2100: the clock was not set, or the head was made up.",
  source: "cr_write_head (checkpoint.c v6)",
});
const headRelease = rule("head-release", {
  group: "sense",
  severity: "note",
  title: "release and the version do not agree",
  why: "Both come from the kernel that wrote the image: it was converted. Only the version is compared at restart.",
  source: "cr_write_head (checkpoint.c v6)",
});
export const headRules = [headTime, headRelease];

/** 1 January 2100. */
const YEAR_2100 = 4_102_444_800n;
/** The first kernel whose thread_xstate holds an xsave_struct, so that CPU is 896 bytes long. */
const XSAVE_BASE = { major: 2, minor: 6, patch: 28 };

/** What the head says of the kernel and of when, and whether the image agrees. */
export class Head implements Judge {
  readonly wants = ["HEAD", "CPU"] as const;
  private head: RecordOf<"HEAD"> | undefined;

  constructor(private readonly say: Say) {}

  add(item: CrItem): void {
    if (item.kind !== "record" || !isWhole(item)) return;
    if (item.name === "HEAD") this.judgeHead(item);
    else if (item.name === "CPU") this.judgeBase(item);
  }

  private judgeHead(item: RecordOf<"HEAD">): void {
    const { say } = this;
    const { fields, image } = item;
    this.head = item;
    if (image.index > 0) {
      say(severalImages, item, `this is image ${image.index} of the file, counted from 0`);
    }
    if (fields.rev !== image.dialect.rev) {
      const message = `rev is ${fields.rev}, ${image.dialect.name} has rev ${image.dialect.rev}`;
      say(wrongRev, placeOfField(item, "rev"), message);
    }
    if (fields.time === 0n || fields.time >= YEAR_2100) {
      const when = fields.time === 0n ? "1 January 1970" : "after the year 2100";
      say(headTime, placeOfField(item, "time"), `time is ${fields.time}: ${when}`);
    }
    const version = `${fields.major}.${fields.minor}.${fields.patch}`;
    if (!new RegExp(`^${version.replaceAll(".", "\\.")}(?!\\d)`).test(fields.release)) {
      const message = `release is "${fields.release}", but the version is ${version}`;
      say(headRelease, placeOfField(item, "release"), message);
    }
  }

  private judgeBase(item: CrRecord): void {
    const { head } = this;
    const { table } = item;
    const is896 = table === cpu896.at(item.image.abi);
    if (head === undefined || (!is896 && table !== cpu784.at(item.image.abi))) return;
    const { major, minor, patch } = head.fields;
    const isLater = major * 1e6 + minor * 1e3 + patch >= xsaveBase;
    if (isLater === is896) return;
    const expected = isLater ? cpu896.size : cpu784.size;
    const message = `CPU has ${table.size} bytes, a ${major}.${minor}.${patch} kernel writes ${expected}`;
    this.say(cpuBase, item, message);
  }
}

const xsaveBase = XSAVE_BASE.major * 1e6 + XSAVE_BASE.minor * 1e3 + XSAVE_BASE.patch;
