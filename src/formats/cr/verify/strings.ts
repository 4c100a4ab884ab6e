import { rule, type Say } from "../../../finding.js";
import { placeOfField } from "../../../verify/place.js";
import type { Judge } from "../../verify-facet.js";

import type { CrItem, RecordOf } from "../item.js";
import { VmaType } from "../names.js";
import { header } from "../records.js";
import { follows, isWhole, nulOf } from "./record-parts.js";

const stringLength = rule("string-length", {
  group: "structure",
  severity: "error",
  title: "STRING is not as long as task_comm_len says",
  why: "A longer one does not fit the reader's buffer, a shorter one leaves a part of comm as it was in memory.",
  source: "cr_read_task_struct, cr_read_string (restart.c v6)",
});
const commTerminator = rule("comm-terminator", {
  group: "structure",
  severity: "error",
  title: "comm has no NUL",
  why: "The kernel keeps comm terminated. v13 ends only what it copied from, and leaves a task's comm open.",
  source: "cr_read_task_struct (restart.c v13)",
});
const fnameUnexpected = rule("fname-unexpected", {
  group: "structure",
  severity: "error",
  title: "FNAME behind an area that has no file",
  why: "The reader of an anonymous area expects its pages next, and refuses the name.",
  source: "cr_read_vma (rstr_mem.c v8)",
});
const fnameLength = rule("fname-length", {
  group: "structure",
  severity: "error",
  title: "FNAME is longer than PATH_MAX",
  why: "The reader's buffer has 4096 bytes, and it refuses more.",
  source: "cr_read_fname (restart.c v6)",
});
const fnameTerminator = rule("fname-terminator", {
  group: "structure",
  severity: "error",
  title: "FNAME has no NUL",
  why: "The reader adds none: the name goes on in whatever its memory holds.",
  source: "cr_read_open_fname (restart.c v8)",
});
const fnameNul = rule("fname-nul", {
  group: "structure",
  severity: "warning",
  title: "FNAME goes on after its NUL",
  why: "The reader opens the part before it; the writer's len ends with the NUL.",
  source: "cr_write_fname (checkpoint.c v6)",
});
const fnameEmpty = rule("fname-empty", {
  group: "structure",
  severity: "error",
  title: "FNAME is empty",
  why: "No file has this name.",
  source: "cr_read_open_fname (restart.c v8)",
});
const fnameRelative = rule("fname-relative", {
  group: "structure",
  severity: "warning",
  title: "FNAME does not begin at the root",
  why: "The writers put absolute paths there; a relative one is opened from wherever the restart runs.",
  source: "cr_fill_fname (checkpoint.c v6)",
});
export const stringRules = [
  stringLength,
  commTerminator,
  fnameUnexpected,
  fnameLength,
  fnameTerminator,
  fnameNul,
  fnameEmpty,
  fnameRelative,
];

const { ANON } = VmaType.values;
const SLASH = 0x2f;
/** PATH_MAX: the buffer that every reader of a FNAME has. */
const PATH_MAX = 4096;

/** Are comm and the paths strings as the readers want them? */
export class Strings implements Judge {
  readonly wants = ["TASK", "STRING", "VMA", "FNAME"] as const;
  private commLength: number | undefined;
  /** The latest VMA: its name would be the next record. */
  private area: RecordOf<"VMA"> | undefined;

  constructor(private readonly say: Say) {}

  add(item: CrItem): void {
    if (item.kind !== "record") return;
    if (item.name === "VMA") this.area = isWhole(item) ? item : undefined;
    else if (item.name === "TASK") this.commLength = isWhole(item) ? item.fields.task_comm_len : undefined;
    else if (item.name === "STRING") this.judgeComm(item);
    else if (item.name === "FNAME") {
      this.judgePlace(item);
      this.judgePath(item);
    }
  }

  private judgeComm(item: RecordOf<"STRING">): void {
    const bytes = item.bytes.subarray(header.size);
    const place = placeOfField(item, "str");
    if (this.commLength !== undefined && bytes.length !== this.commLength) {
      const message = `STRING has ${bytes.length} bytes, task_comm_len says ${this.commLength}`;
      this.say(stringLength, item, message);
    }
    this.commLength = undefined;
    if (!bytes.includes(0)) this.say(commTerminator, place, `comm has no NUL in its ${bytes.length} bytes`);
  }

  private judgePlace(item: RecordOf<"FNAME">): void {
    const { area } = this;
    if (area === undefined || area.fields.vma_type !== ANON || !follows(item, area)) return;
    const message = `FNAME of ${item.header.len} bytes follows, but vma_type is ${ANON}, an area without a file`;
    this.say(fnameUnexpected, item, message);
  }

  private judgePath(item: RecordOf<"FNAME">): void {
    const { bytes } = item;
    const length = bytes.length - header.size;
    const place = () => placeOfField(item, "fname");
    if (length > PATH_MAX) {
      this.say(fnameLength, item, `FNAME has ${length} bytes, more than PATH_MAX (${PATH_MAX})`);
    }
    const nul = nulOf(item);
    const end = nul - header.size;
    if (nul < 0) this.say(fnameTerminator, place(), `the name has no NUL in its ${length} bytes`);
    else if (end > 0 && end < length - 1) {
      const message = `the name ends at byte ${end} of ${length}: ${length - 1 - end} more stand after its NUL`;
      this.say(fnameNul, { offset: item.offset + nul, path: item.path }, message);
    }
    const first = bytes[header.size];
    if (end === 0 || length === 0) this.say(fnameEmpty, place(), `the name is empty, with ${length} bytes`);
    else if (first !== SLASH) {
      this.say(fnameRelative, place(), `the name does not begin with "/", but with byte ${first}`);
    }
  }
}
