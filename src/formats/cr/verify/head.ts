import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { cpu784, cpu896 } from "../records.js";
import { isWhole, type Judge, placeOfField, type Say } from "./judge.js";

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
      say("several-images", item, `this is image ${image.index} of the file, counted from 0`);
    }
    if (fields.rev !== image.dialect.rev) {
      const message = `rev is ${fields.rev}, ${image.dialect.name} has rev ${image.dialect.rev}`;
      say("rev", placeOfField(item, "rev"), message);
    }
    if (fields.time === 0n || fields.time >= YEAR_2100) {
      const when = fields.time === 0n ? "1 January 1970" : "after the year 2100";
      say("head-time", placeOfField(item, "time"), `time is ${fields.time}: ${when}`);
    }
    const version = `${fields.major}.${fields.minor}.${fields.patch}`;
    if (!new RegExp(`^${version.replaceAll(".", "\\.")}(?!\\d)`).test(fields.release)) {
      const message = `release is "${fields.release}", but the version is ${version}`;
      say("head-release", placeOfField(item, "release"), message);
    }
  }

  private judgeBase(item: CrRecord): void {
    const { head } = this;
    const { table } = item;
    if (head === undefined || (table !== cpu784 && table !== cpu896)) return;
    const { major, minor, patch } = head.fields;
    const isLater = major * 1e6 + minor * 1e3 + patch >= xsaveBase;
    if (isLater === (table === cpu896)) return;
    const expected = isLater ? cpu896.size : cpu784.size;
    const message = `CPU has ${table.size} bytes, a ${major}.${minor}.${patch} kernel writes ${expected}`;
    this.say("cpu-base", item, message);
  }
}

const xsaveBase = XSAVE_BASE.major * 1e6 + XSAVE_BASE.minor * 1e3 + XSAVE_BASE.patch;
