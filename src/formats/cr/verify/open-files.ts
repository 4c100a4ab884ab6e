import { splitAtNul } from "../../../codec/text.js";
import { rule, type Say } from "../../../finding.js";
import { placeOfField } from "../../../verify/place.js";
import { DELETED, FileMode, OpenFlags, TaskState } from "../../linux/names.js";
import type { Judge } from "../../verify-facet.js";
import type { CrItem, RecordOf } from "../item.js";
import { FdType } from "../names.js";
import { follows, isWhole, nulOf } from "./record-parts.js";

export const taskDead = rule("task-dead", {
  group: "sense",
  severity: "warning",
  title: "The task is dead",
  why: "The writers refuse dead tasks (-EAGAIN).",
  source: "cr_write_task (checkpoint.c v6)",
});
const deletedFile = rule("deleted-file", {
  group: "sense",
  severity: "warning",
  title: "A file that was unlinked",
  why: "Its contents are not in the image, and opening it by its old name fails.",
  source: "__d_path (fs/dcache.c), cr_read_open_fname (restart.c v8)",
});
const fdMode = rule("fd-mode", {
  group: "sense",
  severity: "warning",
  title: "f_mode and the access mode in f_flags do not agree",
  why: "open() makes one of the other. The restart opens by f_flags.",
  source: "__dentry_open (fs/open.c)",
});
const fdAppend = rule("fd-append", {
  group: "sense",
  severity: "note",
  title: "O_APPEND on a file that is not open for writing",
  why: "It can be, but means nothing.",
  source: "do_filp_open (fs/namei.c)",
});
const fdOpenFlags = rule("fd-open-flags", {
  group: "sense",
  severity: "warning",
  title: "f_flags with bits for opening",
  why: "An open file does not keep them; the restart opens by f_flags, and would create or empty the file.",
  source: "__dentry_open (fs/open.c), cr_read_fd_data (rstr_file.c v8)",
});
const fdKind = rule("fd-kind", {
  group: "sense",
  severity: "warning",
  title: "fd_type and how it was open do not agree",
  why: "A directory is not opened for writing, O_DIRECTORY opens nothing else.",
  source: "may_open (fs/namei.c)",
});
const fdLink = rule("fd-link", {
  group: "sense",
  severity: "warning",
  title: "fd_type is CR_FD_LINK",
  why: "open() follows links, so it cannot occur; v11 dropped it, and refuses it.",
  source: "cr_write_fd_data (ckpt_file.c v6), v11 changelog",
});
const fdPos = rule("fd-pos", {
  group: "sense",
  severity: "warning",
  title: "f_pos is negative as a loff_t",
  why: "lseek refuses it, and the reader ignores that: the file is at its start.",
  source: "cr_read_fd_data (rstr_file.c v8)",
});
const fdLargefile = rule("fd-largefile", {
  group: "sense",
  severity: "note",
  title: "f_pos is beyond 2 GiB in a file without O_LARGEFILE",
  why: "lseek allows it, open() of so large a file does not (-EOVERFLOW).",
  source: "generic_file_open (fs/open.c)",
});
const dirPos = rule("dir-pos", {
  group: "sense",
  severity: "note",
  title: "f_pos of a directory",
  why: "It is a cookie of the file system, and need not mean the same entry after the restart.",
  source: "cr_read_fd_data (rstr_file.c v8)",
});
export const openFileRules = [
  deletedFile,
  fdMode,
  fdAppend,
  fdOpenFlags,
  fdKind,
  fdLink,
  fdPos,
  fdLargefile,
  dirPos,
];

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
      this.say(deletedFile, place, `${message} for the VMA`);
    else this.say(deletedFile, place, message, "crimg convert --deleted drop|create");
  }

  private judgeState(item: RecordOf<"TASK">): void {
    const { exit_state, state } = item.fields;
    const dead = TaskState.bits["DEAD"] as number;
    if (exit_state !== 0) {
      this.say(taskDead, placeOfField(item, "exit_state"), `exit_state is ${exit_state}: the task is dead`);
    } else if ((state & dead) !== 0) {
      this.say(taskDead, placeOfField(item, "state"), `state is ${state}: the task is dead`);
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
      this.say(fdMode, placeOfField(item, "f_mode"), message);
    } else if ((f_flags & APPEND!) !== 0 && (found & WRITE!) === 0) {
      const message = `f_flags ${octal(f_flags)}: O_APPEND, but not open for writing`;
      this.say(fdAppend, placeOfField(item, "f_flags"), message);
    }
  }

  private judgeForgotten(item: RecordOf<"FD_DATA">): void {
    const { f_flags } = item.fields;
    const kept = Object.entries(forgotten).flatMap(([name, bit]) => ((f_flags & bit) === 0 ? [] : [name]));
    if (kept.length === 0) return;
    const message = `f_flags ${octal(f_flags)}: ${kept.join("|")} is not kept by an open file, restart would act on it`;
    this.say(fdOpenFlags, placeOfField(item, "f_flags"), message);
  }

  private judgeKind(item: RecordOf<"FD_DATA">): void {
    const { fd_type, f_mode, f_flags, f_pos } = item.fields;
    if (fd_type === LINK) {
      const message = `fd_type is ${fd_type}: open() follows links, and v11 and later refuse it`;
      this.say(fdLink, placeOfField(item, "fd_type"), message);
    } else if (fd_type === DIR) {
      if ((f_mode & WRITE!) !== 0) {
        this.say(fdKind, placeOfField(item, "f_mode"), `f_mode is ${f_mode}: a directory open for writing`);
      }
      if (f_pos !== 0n) {
        const message = `f_pos is ${f_pos}: what it means in a directory depends on the file system`;
        this.say(dirPos, placeOfField(item, "f_pos"), message);
      }
    } else if (fd_type === FILE && (f_flags & DIRECTORY!) !== 0) {
      const message = `f_flags ${octal(f_flags)}: O_DIRECTORY, but fd_type ${fd_type} is a file`;
      this.say(fdKind, placeOfField(item, "f_flags"), message);
    }
  }

  private judgePosition(item: RecordOf<"FD_DATA">): void {
    const { fd_type, f_flags, f_pos } = item.fields;
    const place = placeOfField(item, "f_pos");
    if (f_pos >= 2n ** 63n) {
      this.say(fdPos, place, `f_pos is ${f_pos}, as a loff_t ${BigInt.asIntN(64, f_pos)}`);
    } else if (fd_type === FILE && f_pos > SMALL_FILE && (f_flags & LARGEFILE!) === 0) {
      const message = `f_pos is ${f_pos}, beyond 2 GiB, but f_flags ${octal(f_flags)} lack O_LARGEFILE`;
      this.say(fdLargefile, place, message);
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
