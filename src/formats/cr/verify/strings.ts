import type { CrItem, RecordOf } from "../item.js";
import { VmaType } from "../names.js";
import { header } from "../records.js";
import { follows, isWhole, type Judge, nulOf, placeOfField, type Say } from "./judge.js";

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
      this.say("string-length", item, message);
    }
    this.commLength = undefined;
    if (!bytes.includes(0))
      this.say("comm-terminator", place, `comm has no NUL in its ${bytes.length} bytes`);
  }

  private judgePlace(item: RecordOf<"FNAME">): void {
    const { area } = this;
    if (area === undefined || area.fields.vma_type !== ANON || !follows(item, area)) return;
    const message = `FNAME of ${item.header.len} bytes follows, but vma_type is ${ANON}, an area without a file`;
    this.say("fname-unexpected", item, message);
  }

  private judgePath(item: RecordOf<"FNAME">): void {
    const { bytes } = item;
    const length = bytes.length - header.size;
    const place = () => placeOfField(item, "fname");
    if (length > PATH_MAX) {
      this.say("fname-length", item, `FNAME has ${length} bytes, more than PATH_MAX (${PATH_MAX})`);
    }
    const nul = nulOf(item);
    const end = nul - header.size;
    if (nul < 0) this.say("fname-terminator", place(), `the name has no NUL in its ${length} bytes`);
    else if (end > 0 && end < length - 1) {
      const message = `the name ends at byte ${end} of ${length}: ${length - 1 - end} more stand after its NUL`;
      this.say("fname-nul", { offset: item.offset + nul, path: item.path }, message);
    }
    const first = bytes[header.size];
    if (end === 0 || length === 0)
      this.say("fname-empty", place(), `the name is empty, with ${length} bytes`);
    else if (first !== SLASH) {
      this.say("fname-relative", place(), `the name does not begin with "/", but with byte ${first}`);
    }
  }
}
