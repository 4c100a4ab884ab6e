import { splitAtNul } from "../../../codec/text.js";
import type { CrItem, RecordOf } from "../item.js";
import { DELETED, FdType, FileMode, OpenFlags, TaskState } from "../names.js";
import { follows, isWhole, type Judge, nulOf, placeOfField, type Say } from "./judge.js";

const { DIR, FILE, LINK } = FdType.values;
const { READ, WRITE } = FileMode.bits as Record<string, number>;
const { CREAT, EXCL, NOCTTY, TRUNC, APPEND, LARGEFILE, DIRECTORY } = OpenFlags.bits as Record<string, number>;
/** What open() forgets once the file is open. */
const forgotten = { O_CREAT: CREAT!, O_EXCL: EXCL!, O_NOCTTY: NOCTTY!, O_TRUNC: TRUNC! };
const ACCMODE = 3;
/** MAX_NON_LFS: how far a file can be written without O_LARGEFILE. */
const SMALL_FILE = 2n ** 31n - 1n;
const DELETED_END = DELETED.charCodeAt(DELETED.length - 1);

/** Can a file have been open like this, and is it still there to be opened? */
export class OpenFiles implements Judge {
  readonly wants = ["TASK", "VMA", "FD_DATA", "FNAME"] as const;
  /** The latest VMA: a name behind it is its own. */
  private area: RecordOf<"VMA"> | undefined;

  constructor(private readonly say: Say) {}

  add(item: CrItem): void {
    if (item.kind !== "record") return;
    if (item.name === "FNAME") this.judgeName(item);
    else if (item.name === "VMA") this.area = item;
    else if (item.name === "TASK" && isWhole(item)) this.judgeState(item);
    else if (item.name === "FD_DATA" && isWhole(item)) this.judgeFile(item);
  }

  private judgeName(item: RecordOf<"FNAME">): void {
    if (!mayBeDeleted(item)) return;
    const name = splitAtNul(item.fields.fname).text;
    if (!name.endsWith(DELETED)) return;
    const place = placeOfField(item, "fname");
    const message = `"${name}" was unlinked: no file of this name can be opened`;
    if (this.area !== undefined && follows(item, this.area))
      this.say("deleted-file", place, `${message} for the VMA`);
    else this.say("deleted-file", place, message, "crimg convert --deleted drop|create");
  }

  private judgeState(item: RecordOf<"TASK">): void {
    const { exit_state, state } = item.fields;
    const dead = TaskState.bits["DEAD"] as number;
    if (exit_state !== 0) {
      this.say(
        "task-dead",
        placeOfField(item, "exit_state"),
        `exit_state is ${exit_state}: the task is dead`,
      );
    } else if ((state & dead) !== 0) {
      this.say("task-dead", placeOfField(item, "state"), `state is ${state}: the task is dead`);
    }
  }

  private judgeFile(item: RecordOf<"FD_DATA">): void {
    this.judgeAccess(item);
    this.judgeForgotten(item);
    this.judgeKind(item);
    this.judgePosition(item);
  }

  private judgeAccess(item: RecordOf<"FD_DATA">): void {
    const { f_mode, f_flags } = item.fields;
    // As __dentry_open computes it.
    const expected = (f_flags + 1) & ACCMODE;
    const found = f_mode & (READ! | WRITE!);
    if (found !== expected) {
      const message = `f_mode is ${f_mode}, but f_flags ${octal(f_flags)} make READ|WRITE ${expected}, not ${found}`;
      this.say("fd-mode", placeOfField(item, "f_mode"), message);
    } else if ((f_flags & APPEND!) !== 0 && (found & WRITE!) === 0) {
      const message = `f_flags ${octal(f_flags)}: O_APPEND, but not open for writing`;
      this.say("fd-append", placeOfField(item, "f_flags"), message);
    }
  }

  private judgeForgotten(item: RecordOf<"FD_DATA">): void {
    const { f_flags } = item.fields;
    const kept = Object.entries(forgotten).flatMap(([name, bit]) => ((f_flags & bit) === 0 ? [] : [name]));
    if (kept.length === 0) return;
    const message = `f_flags ${octal(f_flags)}: ${kept.join("|")} is not kept by an open file, restart would act on it`;
    this.say("fd-open-flags", placeOfField(item, "f_flags"), message);
  }

  private judgeKind(item: RecordOf<"FD_DATA">): void {
    const { fd_type, f_mode, f_flags, f_pos } = item.fields;
    if (fd_type === LINK) {
      const message = `fd_type is ${fd_type}: open() follows links, and v11 and later refuse it`;
      this.say("fd-link", placeOfField(item, "fd_type"), message);
    } else if (fd_type === DIR) {
      if ((f_mode & WRITE!) !== 0) {
        this.say(
          "fd-kind",
          placeOfField(item, "f_mode"),
          `f_mode is ${f_mode}: a directory open for writing`,
        );
      }
      if (f_pos !== 0n) {
        const message = `f_pos is ${f_pos}: what it means in a directory depends on the file system`;
        this.say("dir-pos", placeOfField(item, "f_pos"), message);
      }
    } else if (fd_type === FILE && (f_flags & DIRECTORY!) !== 0) {
      const message = `f_flags ${octal(f_flags)}: O_DIRECTORY, but fd_type ${fd_type} is a file`;
      this.say("fd-kind", placeOfField(item, "f_flags"), message);
    }
  }

  private judgePosition(item: RecordOf<"FD_DATA">): void {
    const { fd_type, f_flags, f_pos } = item.fields;
    const place = placeOfField(item, "f_pos");
    if (f_pos >= 2n ** 63n) {
      this.say("fd-pos", place, `f_pos is ${f_pos}, as a loff_t ${BigInt.asIntN(64, f_pos)}`);
    } else if (fd_type === FILE && f_pos > SMALL_FILE && (f_flags & LARGEFILE!) === 0) {
      const message = `f_pos is ${f_pos}, beyond 2 GiB, but f_flags ${octal(f_flags)} lack O_LARGEFILE`;
      this.say("fd-largefile", place, message);
    }
  }
}

/** Looks at the last character of DELETED alone: most names need not become text. */
function mayBeDeleted(item: RecordOf<"FNAME">): boolean {
  const { bytes } = item;
  const nul = nulOf(item);
  return bytes[(nul < 0 ? bytes.length : nul) - 1] === DELETED_END;
}

function octal(value: number): string {
  return `0${value.toString(8)}`;
}
