import { bytes, pad, s16, s32, text, u16, u32, u64 } from "../../codec/field.js";
import { table, type Values } from "../../codec/table.js";
import { FileMode, OpenFlags, Signal, TaskState, VmFlags } from "../linux/names.js";
import { Eflags, PageProt } from "../x86/names.js";
import { CrFlags, FdType, VmaType } from "./names.js";

/**
 * The payload of every record and raw block, cr-1 to cr-3b. Offsets are the same on i386 and x86-64 (checked against
 * the compiled structs); images exist of i386 only. Field names are the kernel's.
 */

/** First 8 bytes of a head's payload, in the byte order of the writer. */
export const MAGIC_HEAD = 0x00feed0cc0a2d200n;
export const MAGIC_TAIL = 0x002d2a0cc0deef00n;

/** Bytes of task_struct.comm. */
const TASK_COMM_LEN = 16;

/** What stands before every payload. */
export const header = table(
  {
    name: "header",
    struct: "cr_hdr",
    doc: "What stands before every payload.",
    source: "v3 2/9",
  },
  {
    type: s16("which record: CR_HDR_*, numbered anew in v9 and v10"),
    len: s16("bytes of payload", { unit: "bytes" }),
    parent: u32("pid or objref the record belongs to, 0 in most records; the readers take it for an int"),
  },
);

export const head = table(
  {
    name: "HEAD",
    struct: "cr_hdr_head",
    doc: "Opens an image and says which kernel wrote it.",
    source: "v3 2/9",
    brief: [["rev", "flags"]],
  },
  {
    magic: u64("CHECKPOINT_MAGIC_HEAD", { show: "hex", valid: { equals: MAGIC_HEAD } }),
    major: u16("LINUX_VERSION_CODE of the writer, compared exactly at restart"),
    minor: u16("second part of the version"),
    patch: u16("third part of the version"),
    rev: u16("CR_VERSION: the revision of the format; does not name a layout"),
    time: u64("when the checkpoint began, since the epoch", { show: "time", unit: "seconds" }),
    flags: u64("flags of the checkpoint context; CKPT is always set", {
      flags: CrFlags,
      valid: { equals: 1n },
    }),
    release: text(64, "utsname.release; never compared", { c: "char[__NEW_UTS_LEN]" }),
    version: text(64, "utsname.version; never compared", { c: "char[__NEW_UTS_LEN]" }),
    machine: text(64, "utsname.machine; never compared", { c: "char[__NEW_UTS_LEN]" }),
  },
);

export const headArch = table(
  {
    name: "HEAD_ARCH",
    struct: "cr_hdr_head_arch",
    doc: "What FPU the writer had; the restarting CPU must have the same.",
    source: "v9 4/13",
  },
  {
    has_fxsr: u16("not 0: the CPU saves its FPU by FXSAVE"),
    has_xsave: u16("not 0: by XSAVE"),
    xstate_size: u16("bytes of each xstate block: 112 FSAVE, 512 FXSAVE, 576 and more XSAVE", {
      unit: "bytes",
    }),
    // v13/tiny.img has 0x00fe here (at 0xf6): left over in the header buffer.
    _pading: u16("never set (spelt so)", { stale: true, show: "hex" }),
  },
);

export const buffer = table(
  { name: "BUFFER", struct: "", doc: "Plain bytes. No caller in any posting.", source: "v10 2/13" },
  { buffer: bytes("rest", "the bytes") },
);

export const string = table(
  {
    name: "STRING",
    struct: "",
    doc: "A string of the length the record before it says: task_struct.comm.",
    source: "v3 2/9",
  },
  // v6/files.img has "ckpt\0er" (at 0x110): comm was "swapper" once, and all 16 bytes are written.
  {
    str: text("rest", "the bytes of the string; what stands after its NUL is left over from a longer one", {
      fill: { least: TASK_COMM_LEN, doc: `${TASK_COMM_LEN} for comm` },
    }),
  },
);

export const fname = table(
  { name: "FNAME", struct: "", doc: "A path, its NUL included.", source: "v6 4/9" },
  {
    fname: text(
      "rest",
      'the path as seen from the checkpointer\'s root; " (deleted)" is appended if it is unlinked',
      { fill: { nuls: 1, doc: "one NUL for a path" } },
    ),
  },
);

export const tree = table(
  { name: "TREE", struct: "cr_hdr_tree", doc: "How many tasks the image holds.", source: "v9 12/13" },
  { tasks_nr: u32("number of tasks, and of pids that follow"), _pad: pad(4) },
);

export const pids = table(
  {
    name: "pids",
    struct: "cr_hdr_pids",
    doc: "One task's ids, seen from the root task's pid namespace.",
    source: "v9 12/13",
  },
  {
    vpid: s32("pid of the task"),
    vtgid: s32("its thread group"),
    vppid: s32("thread group of its real parent"),
    _pad: pad(4),
  },
);

export const task = table(
  {
    name: "TASK",
    struct: "cr_hdr_task",
    doc: "One task's state; its comm follows.",
    source: "v5 2/8",
    brief: [["exit_state?", "exit_code?", "exit_signal"]],
  },
  {
    state: u32("task_struct.state; not restored", { flags: TaskState }),
    exit_state: u32("task_struct.exit_state; not restored", { flags: TaskState }),
    exit_code: u32("task_struct.exit_code; not restored"),
    exit_signal: u32("signal sent to the parent at exit; not restored", { enum: Signal }),
    task_comm_len: s32("bytes of the STRING that follows: TASK_COMM_LEN", {
      unit: "bytes",
      valid: { equals: TASK_COMM_LEN },
    }),
    _pad: pad(4),
  },
);

const address = (doc: string) => u64(doc, { show: "address" });

export const mm = table(
  {
    name: "MM",
    struct: "cr_hdr_mm",
    doc: "The address space of a task; its VMAs follow.",
    source: "v6 4/9",
    brief: [["map_count", "objref?"]],
  },
  {
    objref: u32("always 0: a shared mm is written once per task"),
    map_count: u32("number of VMAs that follow"),
    start_code: address("first byte of the program text"),
    end_code: address("end of the program text"),
    start_data: address("first byte of the initialised data"),
    end_data: address("end of the initialised data"),
    start_brk: address("start of the heap"),
    brk: address("end of the heap"),
    start_stack: address("stack pointer at exec"),
    arg_start: address("first byte of argv"),
    arg_end: address("end of argv"),
    env_start: address("first byte of the environment"),
    env_end: address("end of the environment"),
  },
);

export const vma = table(
  {
    name: "VMA",
    struct: "cr_hdr_vma",
    doc: "One memory area; its file name and dumped pages follow.",
    source: "v6 4/9",
    brief: [["vma_type", "vm_page_prot"]],
  },
  {
    vma_type: u32("how the area is backed", { enum: VmaType }),
    // 7 (map_count) in the first VMA of v6/files.img (at 0x194), 0 in the later ones.
    _padding: u32("never set: map_count in the first VMA, 0 later", { stale: true, show: "hex" }),
    vm_start: address("first address"),
    vm_end: address("first address past the end"),
    vm_page_prot: u64("protection bits of the page table entries", { flags: PageProt }),
    vm_flags: u64("VM_* bits of the kernel that wrote the image", { flags: VmFlags }),
    vm_pgoff: u64("offset in the backing file", { unit: "pages" }),
  },
);

export const pgarr = table(
  {
    name: "PGARR",
    struct: "cr_hdr_pgarr",
    doc: "A chunk of dumped pages: addresses, then contents. 0 ends the VMA.",
    source: "v6 4/9",
  },
  {
    nr_pages: u64("pages in the chunk; up to v11 the running total of the VMA, from its second chunk on", {
      unit: "pages",
    }),
  },
);

/** `unsigned long` of i386. */
export const pageAddress = table(
  { name: "address", struct: "", doc: "The address a dumped page had.", source: "v6 4/9" },
  { address: u32("page aligned, ascending within the VMA", { c: "unsigned long", show: "address" }) },
);

export const mmContext = table(
  {
    name: "MM_CONTEXT",
    struct: "cr_hdr_mm_context",
    doc: "The LDT of an address space; its entries follow.",
    source: "v6 3/9",
  },
  {
    ldt_entry_size: s16("bytes of one entry: LDT_ENTRY_SIZE", { unit: "bytes", valid: { equals: 8 } }),
    nldt: s16("entries that follow: mm->context.size, 0 or a multiple of 512", { valid: { min: 0 } }),
    _pad: pad(4),
  },
);

export const files = table(
  {
    name: "FILES",
    struct: "cr_hdr_files",
    doc: "The descriptor table of a task.",
    source: "v6 8/9",
    brief: [["nfds"]],
  },
  {
    objref: u32("always 0: a shared table is written once per task"),
    nfds: u32("number of descriptors that follow"),
  },
);

export const fdEnt = table(
  {
    name: "FD_ENT",
    struct: "cr_hdr_fd_ent",
    doc: "One descriptor. The first one of an open file is followed by it.",
    source: "v6 8/9",
  },
  {
    objref: u32("the open file, numbered from 1 over the whole image"),
    fd: s32("descriptor number"),
    close_on_exec: u32("not 0: closed by execve"),
    _pad: pad(4),
  },
);

export const fdData = table(
  {
    name: "FD_DATA",
    struct: "cr_hdr_fd_data",
    doc: "One open file (struct file); its path follows.",
    source: "v6 8/9",
    brief: [["f_mode", "f_flags", "f_version?"]],
  },
  {
    fd_type: u16("what was open", { enum: FdType }),
    f_mode: u16("FMODE_* bits, not permissions", { flags: FileMode }),
    f_flags: u32("O_* bits", { flags: OpenFlags, show: "octal" }),
    f_pos: u64("file offset; of the image's own descriptor the offset of this record", { unit: "bytes" }),
    f_version: u64("struct file f_version"),
  },
);

export const thread = table(
  {
    name: "THREAD",
    struct: "cr_hdr_thread",
    doc: "Thread-local storage; the descriptors follow.",
    source: "v6 3/9",
    brief: [["gdt_entry_tls_entries", "ntls"]],
  },
  {
    gdt_entry_tls_entries: s16("GDT_ENTRY_TLS_ENTRIES", { valid: { equals: 3 } }),
    sizeof_tls_array: s16("bytes of thread_struct.tls_array", { unit: "bytes", valid: { equals: 24 } }),
    ntls: s16("entries in use", { valid: { min: 0, max: 3 } }),
    _pad: pad(2),
  },
);

const register = (doc: string) => u64(doc, { show: "hex" });
const leftover = (from: string) =>
  u64("x86-64 only; never set on i386", { show: "hex", stale: `left over from ${from}` });

// What r8..r15 hold was read off all 40 images: the header buffer is used again at its start, so the records written
// before shine through (v6/files.img: r15 at 0x2729 is the payload of the THREAD record at 0x26f9).
const registers = {
  r15: leftover("THREAD"),
  r14: leftover("the last FD_ENT"),
  r13: leftover("the last FD_DATA"),
  r12: leftover("the last FD_DATA: f_pos"),
  bp: register("ebp"),
  bx: register("ebx"),
  r11: leftover("MM.brk"),
  r10: leftover("MM.start_stack"),
  r9: leftover("MM.arg_start"),
  r8: leftover("MM.arg_end"),
  ax: register("eax; 0 when a task checkpoints itself. sys_restart's own return value replaces it"),
  cx: register("ecx"),
  dx: register("edx"),
  si: register("esi"),
  di: register("edi"),
  orig_ax: register("number of the system call; 0xffffffff outside one"),
  ip: register("eip"),
  cs: register("code segment"),
  flags: u64("eflags", { flags: Eflags }),
  sp: register("esp"),
  ss: register("stack segment"),
  ds: register("data segment"),
  es: register("extra segment"),
  fs: register("fs selector"),
  gs: register("gs selector; TLS in most programs"),
  debugreg0: register("dr0: breakpoint address"),
  debugreg1: register("dr1: breakpoint address"),
  debugreg2: register("dr2: breakpoint address"),
  debugreg3: register("dr3: breakpoint address"),
  debugreg4: register("written as 0"),
  debugreg5: register("written as 0"),
  debugreg6: register("dr6: debug status"),
  debugreg7: register("dr7: debug control"),
};

const usedMath = { defined: { field: "used_math" } };
const union = { c: "union thread_xstate", content: "x86-fpu", ...usedMath } as const;
const cpuHead = {
  name: "CPU",
  struct: "cr_hdr_cpu",
  source: "v6 3/9",
  brief: [["uses_debug", "used_math", "has_fxsr"]],
};
const flags16 = {
  uses_debug: u16("meant for TIF_DEBUG; a wrong mask makes it 'thread flag 0, 2 or 4 is set'"),
  used_math: u16("not 0: the task has used the FPU, xstate holds its state"),
  has_fxsr: u16("not 0: by FXSAVE", usedMath),
  _padding: u16("never set", { stale: true, show: "hex" }),
};

/** On a 2.6.27 base. */
export const cpu784 = table(
  { ...cpuHead, doc: "Registers, with the FPU in it (2.6.27 base)." },
  { ...registers, ...flags16, xstate: bytes(512, "FPU state; in v6 a kernel pointer and leftovers", union) },
);

/** On a 2.6.28 base `union thread_xstate` holds an xsave_struct: larger, and aligned to 64. */
export const cpu896 = table(
  { ...cpuHead, doc: "Registers, with the FPU in it (2.6.28 base)." },
  {
    ...registers,
    ...flags16,
    _align: bytes(48, "padding before the 64-byte aligned union", { c: "pad", stale: true }),
    xstate: bytes(576, "FPU state", union),
  },
);

/** Since v9; the FPU follows as a raw block. */
export const cpu272 = table(
  { ...cpuHead, doc: "Registers; the FPU follows.", source: "v9 4/13" },
  {
    ...registers,
    uses_debug: u32("meant for TIF_DEBUG; a wrong mask makes it 'thread flag 0, 2 or 4 is set'"),
    used_math: u32("not 0: an xstate block of HEAD_ARCH.xstate_size bytes follows"),
  },
);

export const tail = table(
  { name: "TAIL", struct: "cr_hdr_tail", doc: "Ends an image.", source: "v3 2/9", brief: [] },
  { magic: u64("CHECKPOINT_MAGIC_TAIL", { show: "hex", valid: { equals: MAGIC_TAIL } }) },
);

/** The fields of every record, by its name. */
export interface RecordFields {
  HEAD: Values<typeof head.fields>;
  HEAD_ARCH: Values<typeof headArch.fields>;
  BUFFER: Values<typeof buffer.fields>;
  STRING: Values<typeof string.fields>;
  FNAME: Values<typeof fname.fields>;
  TREE: Values<typeof tree.fields>;
  TASK: Values<typeof task.fields>;
  THREAD: Values<typeof thread.fields>;
  /** Three layouts: see `cpu784`, `cpu896` and `cpu272`. */
  CPU: Values<typeof cpu272.fields> &
    Partial<Pick<Values<typeof cpu784.fields>, "has_fxsr" | "_padding" | "xstate">>;
  MM: Values<typeof mm.fields>;
  VMA: Values<typeof vma.fields>;
  PGARR: Values<typeof pgarr.fields>;
  MM_CONTEXT: Values<typeof mmContext.fields>;
  FILES: Values<typeof files.fields>;
  FD_ENT: Values<typeof fdEnt.fields>;
  FD_DATA: Values<typeof fdData.fields>;
  TAIL: Values<typeof tail.fields>;
}
export type RecordName = keyof RecordFields;
