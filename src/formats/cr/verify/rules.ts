import type { Rule } from "../../../finding.js";

type Declared = Omit<Rule, "id" | "group">;

/** The bytes: are they records of the format, in their order, of their length? */
const structure = {
  "not-an-image": {
    severity: "error",
    title: "There is no image",
    why: "No head that crimg knows stands anywhere in the file; a reader refuses it at its first record.",
    source: "cr_read_head (restart.c v6)",
  },
  magic: {
    severity: "error",
    title: "HEAD or TAIL has another magic",
    why: "The reader refuses the image, after a bad TAIL even with the task already running.",
    source: "cr_read_head, cr_read_tail (restart.c v6)",
  },
  rev: {
    severity: "error",
    title: "rev is none the records have",
    why: "Every reader compares rev with its CR_VERSION and refuses another.",
    source: "cr_read_head (restart.c v6)",
  },
  dialect: {
    severity: "warning",
    title: "The dialect is not certain",
    why: "Layouts share a rev; what tells them apart is damaged, so all else here may be read the wrong way.",
    source: "format 1.2, 3: detection recipe",
  },
  truncated: {
    severity: "error",
    title: "The image ends before its TAIL",
    why: "Whatever is missing cannot be restored; readers before v11 take stale bytes for it.",
    source: "cr_kread (restart.c v6, v11)",
  },
  "record-order": {
    severity: "error",
    title: "A record stands where another belongs",
    why: "The reader asks for one type at a time and refuses any other.",
    source: "cr_read_obj_type (restart.c v6)",
  },
  "unknown-record": {
    severity: "error",
    title: "A record of a type the dialect does not have",
    why: "No reader passes over a record it does not know.",
    source: "cr_read_obj_type (restart.c v6)",
  },
  garbage: {
    severity: "error",
    title: "No record can stand here",
    why: "From here on nothing of the image can be read.",
    source: "cr_read_obj (restart.c v6)",
  },
  "record-length": {
    severity: "error",
    title: "len is not that of the struct",
    why: "v10 and later refuse it, earlier readers refuse longer ones and take stale bytes for what is missing.",
    source: "cr_read_obj_type (restart.c v13)",
  },
  count: {
    severity: "error",
    title: "A count does not agree with what follows",
    why: "The reader reads as many as are announced, and takes the next record for something else.",
    source: "cr_read_mm, cr_read_files, cr_read_tree (restart.c v9)",
  },
  "running-total": {
    severity: "warning",
    title: "nr_pages is the running total of the VMA",
    why: "The kernels up to v11 wrote it so, and none can restart it: they expect that many pages again.",
    source: "cr_write_private_vma_contents (ckpt_mem.c v6-v11)",
  },
  "chunk-size": {
    severity: "note",
    title: "More pages in a chunk than the kernels wrote",
    why: "A program put them together; the readers allocate for all of them at once.",
    source: "CR_PGARR_CHUNK (checkpoint_mem.h v6)",
  },
  "tls-unread": {
    severity: "warning",
    title: "TLS bytes that the reader does not expect",
    why: "Up to v8 the TLS array is written always and read only if ntls is not 0: the reader takes it for CPU.",
    source: "cr_read_thread (arch/x86/mm/restart.c v6, v8)",
  },
  "tls-left-out": {
    severity: "note",
    title: "The TLS array of a task without TLS is left out",
    why: "No kernel up to v8 writes this, but all restart it: the image was repaired.",
    source: "cr_read_thread (arch/x86/mm/restart.c v6, v8)",
  },
  "tls-count": {
    severity: "error",
    title: "The TLS array is missing, or there though ntls is 0",
    why: "The reader goes by ntls, and takes the bytes for a record or a record for them.",
    source: "cr_read_thread (arch/x86/mm/restart.c v9)",
  },
  "bytes-before": {
    severity: "warning",
    title: "Bytes before the first image",
    why: "sys_restart reads from the file position: at the start of the file it finds no head.",
    source: "sys_restart (checkpoint/sys.c v6)",
  },
  "bytes-after": {
    severity: "note",
    title: "Bytes after an image",
    why: "No reader looks at what follows TAIL.",
    source: "do_restart (restart.c v6)",
  },
  "several-images": {
    severity: "note",
    title: "The file holds more than one image",
    why: "sys_restart restores the one at the file position, and leaves the others alone.",
    source: "do_restart (restart.c v6)",
  },
  "field-value": {
    severity: "error",
    title: "A field has not the value that the format gives it",
    why: "The readers check these fields one by one, and refuse most of them.",
    source: "cr_read_head, cr_read_task_struct, cr_read_thread, cr_read_mm_context (v6)",
  },
  "unknown-kind": {
    severity: "error",
    title: "vma_type or fd_type is none there is",
    why: "The reader does not know how to make it, and refuses the image.",
    source: "cr_read_vma (rstr_mem.c v8), cr_read_fd_data (rstr_file.c v8)",
  },
  "unknown-flags": {
    severity: "warning",
    title: "Flags with bits that have no name",
    why: "The kernels of that time did not set them: damage, or an unknown kernel.",
    source: "the flag's header in 2.6.27 and 2.6.28",
  },
  "unknown-signal": {
    severity: "note",
    title: "exit_signal is no signal",
    why: "It is not restored, but no task has it.",
    source: "cr_write_task_struct (checkpoint.c v6)",
  },
  "string-length": {
    severity: "error",
    title: "STRING is not as long as task_comm_len says",
    why: "A longer one does not fit the reader's buffer, a shorter one leaves a part of comm as it was in memory.",
    source: "cr_read_task_struct, cr_read_string (restart.c v6)",
  },
  "comm-terminator": {
    severity: "error",
    title: "comm has no NUL",
    why: "The kernel keeps comm terminated. v13 ends only what it copied from, and leaves a task's comm open.",
    source: "cr_read_task_struct (restart.c v13)",
  },
  "fname-unexpected": {
    severity: "error",
    title: "FNAME behind an area that has no file",
    why: "The reader of an anonymous area expects its pages next, and refuses the name.",
    source: "cr_read_vma (rstr_mem.c v8)",
  },
  "fname-length": {
    severity: "error",
    title: "FNAME is longer than PATH_MAX",
    why: "The reader's buffer has 4096 bytes, and it refuses more.",
    source: "cr_read_fname (restart.c v6)",
  },
  "fname-terminator": {
    severity: "error",
    title: "FNAME has no NUL",
    why: "The reader adds none: the name goes on in whatever its memory holds.",
    source: "cr_read_open_fname (restart.c v8)",
  },
  "fname-nul": {
    severity: "warning",
    title: "FNAME goes on after its NUL",
    why: "The reader opens the part before it; the writer's len ends with the NUL.",
    source: "cr_write_fname (checkpoint.c v6)",
  },
  "fname-empty": {
    severity: "error",
    title: "FNAME is empty",
    why: "No file has this name.",
    source: "cr_read_open_fname (restart.c v8)",
  },
  "fname-relative": {
    severity: "warning",
    title: "FNAME does not begin at the root",
    why: "The writers put absolute paths there; a relative one is opened from wherever the restart runs.",
    source: "cr_fill_fname (checkpoint.c v6)",
  },
  "cpu-base": {
    severity: "warning",
    title: "CPU is not as long as on the kernel that the head names",
    why: "A reader on a 2.6.27 base wants 784 bytes, on 2.6.28 896: one or the other was changed.",
    source: "struct cr_hdr_cpu (asm/checkpoint_hdr.h v6)",
  },
  "head-arch": {
    severity: "warning",
    title: "has_fxsr, has_xsave and xstate_size do not go together",
    why: "The restarting CPU must have the same three, and hardly any has these.",
    source: "cr_read_head_arch (arch/x86/mm/restart.c v9)",
  },
  "check-stopped": {
    severity: "note",
    title: "A check stopped at its limit",
    why: "verify remembers a bounded part of an image; what goes beyond is not compared.",
    source: "src/verify/limits.ts",
  },
} as const satisfies Record<string, Declared>;

/** Numbers that stand for something elsewhere in the image. */
const references = {
  parent: {
    severity: "error",
    title: "parent is not what the record belongs to",
    why: "The reader compares it and refuses the image.",
    source: "format 1.6; cr_read_vma, cr_read_fd_ent, cr_read_mm_context (v8)",
  },
  "parent-unread": {
    severity: "warning",
    title: "parent is not 0 where no reader tests it",
    why: "The writers put 0 there. At STRING comm is then not restored, at HEAD_ARCH the FPU is not compared.",
    source: "format 1.6; cr_read_head_arch (v9), cr_read_task_struct (v6)",
  },
  "parent-negative": {
    severity: "error",
    title: "parent is negative as an int",
    why: "The readers return it as an error number.",
    source: "cr_read_obj_type (restart.c v6)",
  },
  "pid-mismatch": {
    severity: "warning",
    title: "The records of a task name different pids",
    why: "Each writes the pid of its task. Readers do not compare them, so a mixture of two tasks goes unnoticed.",
    source: "cr_write_mm, cr_write_files, cr_write_thread, cr_write_cpu (v6); cr_write_pids (v9)",
  },
  "pid-range": {
    severity: "warning",
    title: "A pid that no task can have",
    why: "Pids of i386 are 1 to 32768; 0 stands for a task that is not seen from the namespace.",
    source: "PID_MAX_LIMIT (linux/threads.h)",
  },
  "tasks-nr": {
    severity: "error",
    title: "No restart can wait for so many tasks",
    why: "With none the root waits for ever; beyond 2^27 the size of the pids array overflows.",
    source: "cr_read_tree (restart.c v9)",
  },
  "pids-duplicate": {
    severity: "error",
    title: "Two tasks have the same vpid",
    why: "Tasks find their place in a restart by vpid: one of them never comes.",
    source: "cr_read_tree, cr_next_task (restart.c v9)",
  },
  "pids-repeat": {
    severity: "warning",
    title: "From the 257th task on the pids repeat the first ones",
    why: "The kernels v9 to v13 wrote them so; the true pids are in the parent of MM.",
    source: "cr_write_pids (checkpoint.c v9-v13)",
  },
  "pids-parent": {
    severity: "warning",
    title: "A task below none of the tree",
    why: "Only the root's parent is outside of the tree; who makes the tasks anew cannot place this one.",
    source: "cr_build_tree (checkpoint.c v9)",
  },
  "pids-order": {
    severity: "warning",
    title: "A task stands before its parent",
    why: "The root is first, and each task stands before those below it: who makes them in this order fails.",
    source: "tree_count_tasks (checkpoint.c v9)",
  },
  "pids-cycle": {
    severity: "error",
    title: "A task is its own ancestor",
    why: "Such tasks cannot be made.",
    source: "cr_write_pids (checkpoint.c v9)",
  },
  "objref-zero": {
    severity: "error",
    title: "objref is 0",
    why: "Objects are numbered from 1, and the reader refuses 0.",
    source: "cr_read_fd_ent (rstr_file.c v8)",
  },
  "objref-undeclared": {
    severity: "error",
    title: "An open file that is described nowhere before",
    why: "The reader wants FD_DATA at the first FD_ENT with an objref.",
    source: "cr_read_fd_ent (rstr_file.c v8)",
  },
  "objref-redeclared": {
    severity: "error",
    title: "An open file that is described twice",
    why: "The reader knows the objref, reads no FD_DATA, and takes it for the next FD_ENT.",
    source: "cr_read_fd_ent (rstr_file.c v8)",
  },
  "objref-order": {
    severity: "note",
    title: "A new objref is not the next number",
    why: "The writers count up from 1. Readers take any number; descriptors may have been taken out.",
    source: "cr_obj_add_ptr (objhash.c v6)",
  },
  "objref-shared": {
    severity: "warning",
    title: "objref of MM or FILES is not 0",
    why: "Only open files are shared objects; MM_CONTEXT and FD_ENT must then have it as parent.",
    source: "cr_write_mm (ckpt_mem.c v6), cr_write_files (ckpt_file.c v6)",
  },
  "fd-negative": {
    severity: "error",
    title: "A negative descriptor number",
    why: "dup2 refuses it.",
    source: "cr_read_fd_ent (rstr_file.c v8)",
  },
  "fd-duplicate": {
    severity: "error",
    title: "A descriptor is in the table twice",
    why: "The second closes the first.",
    source: "cr_scan_fds (ckpt_file.c v6)",
  },
  "fd-order": {
    severity: "note",
    title: "Descriptors do not ascend",
    why: "The writers go through the table from below. Readers take any order.",
    source: "cr_scan_fds (ckpt_file.c v6)",
  },
  "nr-open": {
    severity: "warning",
    title: "More descriptors than fs.nr_open allows by default",
    why: "The reader compares nfds with it (-EMFILE), and dup2 the number.",
    source: "cr_read_files (rstr_file.c v8)",
  },
} as const satisfies Record<string, Declared>;

/** What the numbers say: can a process have been like this? */
const sense = {
  "head-time": {
    severity: "warning",
    title: "No kernel took a checkpoint at this time",
    why: "A time of 0 or after the year 2100: the clock was not set, or the head was made up.",
    source: "cr_write_head (checkpoint.c v6)",
  },
  "head-release": {
    severity: "note",
    title: "release and the version do not agree",
    why: "Both come from the kernel that wrote the image: it was converted. Only the version is compared at restart.",
    source: "cr_write_head (checkpoint.c v6)",
  },
  "task-dead": {
    severity: "warning",
    title: "The task is dead",
    why: "The writers refuse dead tasks (-EAGAIN).",
    source: "cr_write_task (checkpoint.c v6)",
  },
  "mm-range": {
    severity: "error",
    title: "Code or data ends before it starts",
    why: "The reader refuses it.",
    source: "cr_read_mm (rstr_mem.c v8)",
  },
  "mm-order": {
    severity: "warning",
    title: "Heap, arguments or environment end before they start",
    why: "No reader compares them; ps and brk go wrong later.",
    source: "cr_write_mm (ckpt_mem.c v6)",
  },
  "mm-outside": {
    severity: "warning",
    title: "An address in MM lies in no VMA",
    why: "A program may have unmapped it; more often MM or a VMA is damaged.",
    source: "cr_write_mm (ckpt_mem.c v6)",
  },
  "vma-range": {
    severity: "error",
    title: "A VMA without bytes",
    why: "The reader refuses vm_end below vm_start, and mmap a length of 0.",
    source: "cr_read_vma (rstr_mem.c v8)",
  },
  "vma-align": {
    severity: "error",
    title: "A VMA that does not begin and end with a page",
    why: "Areas are made of whole pages: mmap refuses such a start, and rounds such an end.",
    source: "do_mmap_pgoff (mm/mmap.c)",
  },
  "vma-bounds": {
    severity: "error",
    title: "A VMA above user space",
    why: "mmap refuses addresses from TASK_SIZE on.",
    source: "do_mmap_pgoff (mm/mmap.c)",
  },
  "vma-order": {
    severity: "warning",
    title: "VMAs do not ascend",
    why: "The writers go through the areas from below. Readers take any order.",
    source: "cr_write_mm (ckpt_mem.c v6)",
  },
  "vma-overlap": {
    severity: "error",
    title: "Two VMAs overlap",
    why: "No address space has this; MAP_FIXED takes the memory of the earlier one away.",
    source: "cr_read_vma (rstr_mem.c v8)",
  },
  "vma-pgoff": {
    severity: "error",
    title: "A mapping beyond what a file offset can say",
    why: "mmap refuses it (-EOVERFLOW).",
    source: "do_mmap_pgoff (mm/mmap.c)",
  },
  "vma-refused": {
    severity: "warning",
    title: "A VMA of a kind that the kernels do not dump",
    why: "Shared, I/O, huge page and nonlinear areas are refused at the checkpoint (-ENOSYS).",
    source: "cr_write_vma (ckpt_mem.c v6)",
  },
  "vma-access": {
    severity: "warning",
    title: "vm_flags allow what the MAY bits deny",
    why: "No mmap and no mprotect gives an area access that it may not have.",
    source: "mprotect_fixup (mm/mprotect.c)",
  },
  "page-align": {
    severity: "error",
    title: "A page address that is no multiple of the page size",
    why: "The writers walk an area page by page; the contents would go to the wrong place.",
    source: "cr_private_vma_fill_pgarr (ckpt_mem.c v6)",
  },
  "page-outside": {
    severity: "error",
    title: "A page outside of its VMA",
    why: "The reader writes to the address as it stands: into another area, or into none.",
    source: "cr_read_pages_contents (rstr_mem.c v8)",
  },
  "page-duplicate": {
    severity: "error",
    title: "A page that is there twice",
    why: "The writers dump a page once; the second contents replace the first.",
    source: "cr_private_vma_fill_pgarr (ckpt_mem.c v6)",
  },
  "page-order": {
    severity: "warning",
    title: "Page addresses do not ascend",
    why: "The writers go through the area from below. Readers take any order.",
    source: "cr_private_vma_fill_pgarr (ckpt_mem.c v6)",
  },
  "pages-unexpected": {
    severity: "warning",
    title: "Pages in an area that has none in any image",
    why: "What cannot be accessed is not dumped, and other kinds of areas are refused.",
    source: "cr_private_vma_fill_pgarr (ckpt_mem.c v6)",
  },
  "ldt-entries": {
    severity: "error",
    title: "More LDT entries than the CPU can address",
    why: "modify_ldt refuses them.",
    source: "cr_read_mm_context (arch/x86/mm/restart.c v8)",
  },
  "ldt-size": {
    severity: "warning",
    title: "An LDT that is not as large as the kernels make it",
    why: "It is allocated by pages, 512 entries at a time, and written whole.",
    source: "alloc_ldt (arch/x86/kernel/ldt.c)",
  },
  "ldt-cut": {
    severity: "note",
    title: "An LDT entry that no reader restores whole",
    why: "The way back through modify_ldt drops bits 24-31 of the base and 16-19 of the limit.",
    source: "cr_read_mm_context (arch/x86/mm/restart.c v8)",
  },
  "segment-privilege": {
    severity: "warning",
    title: "A segment descriptor that is not for user mode",
    why: "The kernels make only code and data segments of privilege 3 for programs.",
    source: "fill_ldt (asm-x86/desc.h)",
  },
  "tls-used": {
    severity: "warning",
    title: "ntls is not the number of TLS entries in use",
    why: "The writers count the entries that are not empty.",
    source: "cr_write_thread (arch/x86/mm/checkpoint.c v6)",
  },
  selector: {
    severity: "warning",
    title: "A segment register points at nothing",
    why: "A TLS or LDT entry that is empty, or a segment of the kernel: loading it faults, and clears the register.",
    source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
  },
  "selector-privilege": {
    severity: "error",
    title: "cs or ss is not of user mode",
    why: "The way back to the task faults; with a kernel cs the measured kernels oops.",
    source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
  },
  "register-width": {
    severity: "warning",
    title: "A register has more than 32 bits",
    why: "The writers widen registers of 32 bits; the readers cut the rest off.",
    source: "cr_save_cpu_regs (arch/x86/mm/checkpoint.c v6)",
  },
  eflags: {
    severity: "warning",
    title: "Flags that a program hardly has",
    why: "Readers take them as they are: an IOPL above 0 gives the task the I/O ports.",
    source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
  },
  "ip-outside": {
    severity: "warning",
    title: "ip is not in code",
    why: "The task gets a SIGSEGV at its first instruction, unless the CPU executes what it can read.",
    source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
  },
  "sp-outside": {
    severity: "warning",
    title: "sp is not in readable memory",
    why: "The task gets a SIGSEGV when it uses its stack.",
    source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
  },
  "cpu-boolean": {
    severity: "warning",
    title: "uses_debug or used_math is neither 0 nor 1",
    why: "The writers put the outcome of a test there.",
    source: "cr_save_cpu_debug, cr_save_cpu_fpu (arch/x86/mm/checkpoint.c v6)",
  },
  "fpu-pointer": {
    severity: "warning",
    title: "A kernel pointer stands for the FPU state",
    why: "v6 wrote the pointer to it. A restart with it loads garbage into the FPU.",
    source: "cr_save_cpu_fpu (arch/x86/mm/checkpoint.c v6)",
  },
  "fpu-fxsr": {
    severity: "warning",
    title: "FPU state without FXSAVE",
    why: "The reader compares has_fxsr with its CPU (SIGFPE, -EINVAL), and every later one has it.",
    source: "cr_load_cpu_fpu (arch/x86/mm/restart.c v6)",
  },
  "fpu-mxcsr": {
    severity: "warning",
    title: "mxcsr has bits the CPU does not know",
    why: "FXRSTOR faults on them.",
    source: "restore_fpu_checking (asm-x86/i387.h)",
  },
  "xstate-bv": {
    severity: "warning",
    title: "The XSAVE header says that the state is none, or more than there is",
    why: "A measured restart then answered 0 and began with an empty FPU.",
    source: "xrstor (Intel SDM vol. 1, 13.8)",
  },
  "deleted-file": {
    severity: "warning",
    title: "A file that was unlinked",
    why: "Its contents are not in the image, and opening it by its old name fails.",
    source: "__d_path (fs/dcache.c), cr_read_open_fname (restart.c v8)",
  },
  "fd-mode": {
    severity: "warning",
    title: "f_mode and the access mode in f_flags do not agree",
    why: "open() makes one of the other. The restart opens by f_flags.",
    source: "__dentry_open (fs/open.c)",
  },
  "fd-append": {
    severity: "note",
    title: "O_APPEND on a file that is not open for writing",
    why: "It can be, but means nothing.",
    source: "do_filp_open (fs/namei.c)",
  },
  "fd-open-flags": {
    severity: "warning",
    title: "f_flags with bits for opening",
    why: "An open file does not keep them; the restart opens by f_flags, and would create or empty the file.",
    source: "__dentry_open (fs/open.c), cr_read_fd_data (rstr_file.c v8)",
  },
  "fd-kind": {
    severity: "warning",
    title: "fd_type and how it was open do not agree",
    why: "A directory is not opened for writing, O_DIRECTORY opens nothing else.",
    source: "may_open (fs/namei.c)",
  },
  "fd-link": {
    severity: "warning",
    title: "fd_type is CR_FD_LINK",
    why: "open() follows links, so it cannot occur; v11 dropped it, and refuses it.",
    source: "cr_write_fd_data (ckpt_file.c v6), v11 changelog",
  },
  "fd-pos": {
    severity: "warning",
    title: "f_pos is negative as a loff_t",
    why: "lseek refuses it, and the reader ignores that: the file is at its start.",
    source: "cr_read_fd_data (rstr_file.c v8)",
  },
  "fd-largefile": {
    severity: "note",
    title: "f_pos is beyond 2 GiB in a file without O_LARGEFILE",
    why: "lseek allows it, open() of so large a file does not (-EOVERFLOW).",
    source: "generic_file_open (fs/open.c)",
  },
  "dir-pos": {
    severity: "note",
    title: "f_pos of a directory",
    why: "It is a cookie of the file system, and need not mean the same entry after the restart.",
    source: "cr_read_fd_data (rstr_file.c v8)",
  },
} as const satisfies Record<string, Declared>;

/** The id of a rule. */
export type RuleId = keyof typeof structure | keyof typeof references | keyof typeof sense;

/** Every rule, grouped. */
export const rules: readonly Rule[] = [
  ...declaredIn("structure", structure),
  ...declaredIn("references", references),
  ...declaredIn("sense", sense),
];

const byId: ReadonlyMap<string, Rule> = new Map(rules.map(rule => [rule.id, rule]));

/** The rule of an id; undefined if there is none. */
export function ruleNamed(id: RuleId): Rule;
export function ruleNamed(id: string): Rule | undefined;
export function ruleNamed(id: string): Rule | undefined {
  return byId.get(id);
}

function declaredIn(group: Rule["group"], declared: Readonly<Record<string, Declared>>): Rule[] {
  return Object.entries(declared).map(([id, rule]) => ({ id, group, ...rule }));
}
