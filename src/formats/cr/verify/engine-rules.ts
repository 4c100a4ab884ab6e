import { reworded } from "../../../finding.js";
import * as record from "../../../stream/record-reader.js";
import * as track from "../../../stream/track.js";
import * as walk from "../../../stream/walk.js";
import * as fields from "../../../verify/fields.js";
import * as findings from "../../../verify/findings.js";

/** What the engines' rules mean for images of this format: which reader of the kernel minds, and what comes of it. */

export const notAnImage = reworded(findings.notAnImage, {
  title: "There is no image",
  why: "No head that crimg knows stands anywhere in the file; a reader refuses it at its first record.",
  source: "cr_read_head (restart.c v6)",
});
export const damagedMagic = reworded(record.damagedMagic, {
  title: "HEAD or TAIL has another magic",
  why: "The reader refuses the image, after a bad TAIL even with the task already running.",
  source: "cr_read_head, cr_read_tail (restart.c v6)",
});
export const uncertainDialect = reworded(walk.uncertainDialect, {
  title: "The dialect is not certain",
  why: "Layouts share a rev; what tells them apart is damaged, so all else here may be read the wrong way.",
  source: "format 1.2, 3: detection recipe",
});
export const cutOff = reworded(record.cutOff, {
  title: "The image ends before its TAIL",
  why: "Whatever is missing cannot be restored; readers before v11 take stale bytes for it.",
  source: "cr_kread (restart.c v6, v11)",
});
export const wrongOrder = reworded(track.wrongOrder, {
  title: "A record stands where another belongs",
  why: "The reader asks for one type at a time and refuses any other.",
  source: "cr_read_obj_type (restart.c v6)",
});
export const unknownRecord = reworded(record.unknownRecord, {
  title: "A record of a type the dialect does not have",
  why: "No reader passes over a record it does not know.",
  source: "cr_read_obj_type (restart.c v6)",
});
export const garbage = reworded(record.garbage, {
  title: "No record can stand here",
  why: "From here on nothing of the image can be read.",
  source: "cr_read_obj (restart.c v6)",
});
export const wrongLength = reworded(record.wrongLength, {
  title: "len is not that of the struct",
  why: "v10 and later refuse it, earlier readers refuse longer ones and take stale bytes for what is missing.",
  source: "cr_read_obj_type (restart.c v13)",
});
export const wrongCount = reworded(track.wrongCount, {
  title: "A count does not agree with what follows",
  why: "The reader reads as many as are announced, and takes the next record for something else.",
  source: "cr_read_mm, cr_read_files, cr_read_tree (restart.c v9)",
});
export const bytesBefore = reworded(walk.bytesBefore, {
  title: "Bytes before the first image",
  why: "sys_restart reads from the file position: at the start of the file it finds no head.",
  source: "sys_restart (checkpoint/sys.c v6)",
});
export const bytesAfter = reworded(walk.bytesAfter, {
  title: "Bytes after an image",
  why: "No reader looks at what follows TAIL.",
  source: "do_restart (restart.c v6)",
});
export const fieldValue = reworded(fields.fieldValue, {
  title: "A field has not the value that the format gives it",
  why: "The readers check these fields one by one, and refuse most of them.",
  source: "cr_read_head, cr_read_task_struct, cr_read_thread, cr_read_mm_context (v6)",
});
export const unknownKind = reworded(fields.unknownKind, {
  title: "vma_type or fd_type is none there is",
  why: "The reader does not know how to make it, and refuses the image.",
  source: "cr_read_vma (rstr_mem.c v8), cr_read_fd_data (rstr_file.c v8)",
});
export const unknownFlags = reworded(fields.unknownFlags, {
  title: "Flags with bits that have no name",
  why: "The kernels of that time did not set them: damage, or an unknown kernel.",
  source: "the flag's header in 2.6.27 and 2.6.28",
});
export const unknownSignal = reworded(fields.unknownSignal, {
  title: "exit_signal is no signal",
  why: "It is not restored, but no task has it.",
  source: "cr_write_task_struct (checkpoint.c v6)",
});
