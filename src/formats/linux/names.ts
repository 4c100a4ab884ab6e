import type { Enumeration, FlagSet } from "../../codec/field.js";

/**
 * The constants of Linux 2.6.27 (i386) behind the numbers in an image, by their kernel names. What 2.6.28 changed is
 * said where it did.
 */

/** What __d_path (fs/dcache.c) puts behind the name of a file that was unlinked. */
export const DELETED = " (deleted)";

/** include/linux/sched.h: state and exit_state of a task share their bits. */
export const TaskState: FlagSet = {
  name: "TASK",
  bits: {
    INTERRUPTIBLE: 0x1,
    UNINTERRUPTIBLE: 0x2,
    STOPPED: 0x4,
    TRACED: 0x8,
    EXIT_ZOMBIE: 0x10,
    EXIT_DEAD: 0x20,
    DEAD: 0x40,
    WAKEKILL: 0x80,
  },
};

/** include/asm-x86/signal.h */
export const Signal: Enumeration = {
  name: "SIG",
  values: {
    HUP: 1,
    INT: 2,
    QUIT: 3,
    ILL: 4,
    TRAP: 5,
    ABRT: 6,
    BUS: 7,
    FPE: 8,
    KILL: 9,
    USR1: 10,
    SEGV: 11,
    USR2: 12,
    PIPE: 13,
    ALRM: 14,
    TERM: 15,
    STKFLT: 16,
    CHLD: 17,
    CONT: 18,
    STOP: 19,
    TSTP: 20,
    TTIN: 21,
    TTOU: 22,
    URG: 23,
    XCPU: 24,
    XFSZ: 25,
    VTALRM: 26,
    PROF: 27,
    WINCH: 28,
    IO: 29,
    PWR: 30,
    SYS: 31,
  },
};

/** include/linux/mm.h. VM_NORESERVE and VM_SAO are new in 2.6.27. */
export const VmFlags: FlagSet = {
  name: "VM",
  bits: {
    READ: 0x1,
    WRITE: 0x2,
    EXEC: 0x4,
    SHARED: 0x8,
    MAYREAD: 0x10,
    MAYWRITE: 0x20,
    MAYEXEC: 0x40,
    MAYSHARE: 0x80,
    GROWSDOWN: 0x100,
    GROWSUP: 0x200,
    PFNMAP: 0x400,
    DENYWRITE: 0x800,
    EXECUTABLE: 0x1000,
    LOCKED: 0x2000,
    IO: 0x4000,
    SEQ_READ: 0x8000,
    RAND_READ: 0x10000,
    DONTCOPY: 0x20000,
    DONTEXPAND: 0x40000,
    RESERVED: 0x80000,
    ACCOUNT: 0x100000,
    NORESERVE: 0x200000,
    HUGETLB: 0x400000,
    NONLINEAR: 0x800000,
    MAPPED_COPY: 0x1000000,
    INSERTPAGE: 0x2000000,
    ALWAYSDUMP: 0x4000000,
    CAN_NONLINEAR: 0x8000000,
    MIXEDMAP: 0x10000000,
    SAO: 0x20000000,
  },
};

/** include/linux/fs.h. FMODE_PWRITE is the same bit as FMODE_PREAD. Above EXEC: 2.6.28. */
export const FileMode: FlagSet = {
  name: "FMODE",
  bits: {
    READ: 0x1,
    WRITE: 0x2,
    LSEEK: 0x4,
    PREAD: 0x8,
    EXEC: 0x10,
    NDELAY: 0x20,
    EXCL: 0x40,
    WRITE_IOCTL: 0x80,
  },
};

/** include/asm-generic/fcntl.h; i386 changes none of them. */
export const OpenFlags: FlagSet = {
  name: "O",
  bits: {
    RDONLY: { mask: 0o3, value: 0o0 },
    WRONLY: { mask: 0o3, value: 0o1 },
    RDWR: { mask: 0o3, value: 0o2 },
    NOACCESS: { mask: 0o3, value: 0o3 },
    CREAT: 0o100,
    EXCL: 0o200,
    NOCTTY: 0o400,
    TRUNC: 0o1000,
    APPEND: 0o2000,
    NONBLOCK: 0o4000,
    SYNC: 0o10000,
    FASYNC: 0o20000,
    DIRECT: 0o40000,
    LARGEFILE: 0o100000,
    DIRECTORY: 0o200000,
    NOFOLLOW: 0o400000,
    NOATIME: 0o1000000,
    CLOEXEC: 0o2000000,
  },
};
