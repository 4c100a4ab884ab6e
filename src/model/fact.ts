import type { Item, RecordItem } from "../stream/item.js";

/**
 * One thing that an image says of a process, in words that belong to no format. Facts come in the order of the image,
 * each when all that makes it is known, and know the item they were read from: so what is said of them has a place.
 * What a damaged image does not say is left out.
 */
export type Fact =
  | ImageFact
  | TaskFact
  | MemoryFact
  | AreaFact
  | PagesFact
  | ContentsFact
  | FileFact
  | DescriptorFact
  | RegistersFact
  | FpuFact
  | SegmentsFact
  | RestFact
  | EndFact;

/** Who wrote the image, and when. */
export interface ImageFact {
  readonly kind: "image";
  readonly item: RecordItem;
  readonly kernel?: Kernel;
  /** Seconds since the epoch. */
  readonly time?: bigint;
  readonly flags?: Flags;
  /** What else the head says, by the format's own names. */
  readonly head: Readonly<Record<string, unknown>>;
}

/** The kernel that wrote an image; parts of a head that is cut off are missing. */
export interface Kernel {
  /** `2.6.27`; a number that is missing is `?`. */
  readonly numbers: string;
  /** utsname */
  readonly release?: string;
  readonly version?: string;
  readonly machine?: string;
}

/** Bits with names. */
export interface Flags {
  readonly value: bigint;
  /** `READ|WRITE`; empty if no bit is set. */
  readonly names: string;
}

/** A task begins. Told again, with the same index, when more of it is known. */
export interface TaskFact {
  readonly kind: "task";
  readonly item: RecordItem;
  /** Counted from 0 in the order of the image, as in `task[index]`. */
  readonly index: number;
  /** As seen from the root task's pid namespace. */
  readonly pid?: number;
  readonly ppid?: number;
  readonly tgid?: number;
  readonly comm: string;
  /** What stands behind the NUL of comm, left over from a longer one. */
  readonly leftover: string;
  readonly state?: { readonly value: number; readonly name: string };
  readonly exitSignal?: number;
}

/** The address space of a task: its areas follow. Ranges are from the first address to the first behind. */
export interface MemoryFact {
  readonly kind: "memory";
  readonly item: RecordItem;
  readonly task: number;
  readonly code?: Range;
  readonly data?: Range;
  readonly brk?: Range;
  readonly args?: Range;
  readonly env?: Range;
  /** The stack pointer at exec. */
  readonly stack?: bigint;
}

export type Range = readonly [start: bigint, end: bigint];

/** One VMA. */
export interface AreaFact {
  readonly kind: "area";
  readonly item: RecordItem;
  /** Undefined for one that belongs to no task. */
  readonly task: number | undefined;
  /** Addresses: the first one, and the first behind it. */
  readonly start: bigint;
  readonly end: bigint;
  /** As in /proc/PID/maps: `rw-p`. */
  readonly perms: string;
  /** Where in what backs it the area begins, in bytes. */
  readonly offset: bigint;
  readonly backing: "file" | "anonymous" | "shared" | "special";
  /** The path of its file, or what it is known to be: `[heap]`, `[stack]`, `[vdso]`; empty if neither. */
  readonly name: string;
  /** What is odd about the path, in words. */
  readonly nameRemark?: string | undefined;
  /** The kernel's own flags, and what it calls them. */
  readonly flags?: Flags & { readonly field: string };
}

/** Where pages of the area before are in the file. */
export interface PagesFact {
  readonly kind: "pages";
  readonly item: Item;
  /** The addresses as they stand, joined where pages follow each other in memory and in the file. */
  readonly runs: readonly Run[];
  /** Bytes of a page. */
  readonly size: number;
}

/** Pages that follow each other in memory. */
export interface Run {
  readonly address: number;
  /** Pages. */
  readonly count: number;
  /** Where the first of them stands in the file. */
  readonly offset: number;
}

/** The contents of pages are in the file: as many as are whole there. */
export interface ContentsFact {
  readonly kind: "contents";
  readonly item: Item;
  readonly count: number;
}

/** An open file. Told before the first descriptor that refers to it. */
export interface FileFact {
  readonly kind: "file";
  readonly item: RecordItem;
  /** What descriptors refer to it by. */
  readonly id: number | undefined;
  /** `file`, `dir`, ... */
  readonly type?: string;
  /** As open(2) has them: `O_RDWR|O_APPEND`. */
  readonly flags?: Flags;
  /** Bytes. */
  readonly position?: bigint;
  readonly path?: string;
  readonly pathRemark?: string;
}

/** A descriptor of a task. */
export interface DescriptorFact {
  readonly kind: "descriptor";
  readonly item: RecordItem;
  readonly task: number | undefined;
  readonly fd: number | undefined;
  /** `id` of its open file. */
  readonly file: number | undefined;
  readonly closeOnExec: boolean;
}

/** The registers of a task, by the kernel's names. */
export interface RegistersFact {
  readonly kind: "registers";
  readonly item: RecordItem;
  readonly task: number | undefined;
  readonly arch: string;
  readonly values: Readonly<Record<string, bigint>>;
}

/** The FPU state of a task, as the CPU stores it. */
export interface FpuFact {
  readonly kind: "fpu";
  readonly item: Item;
  readonly task: number | undefined;
  readonly bytes: Uint8Array;
  /** Why the bytes are no state of an FPU. */
  readonly remark?: string;
}

/** Segment descriptors of x86, of a task's TLS array or LDT. */
export interface SegmentsFact {
  readonly kind: "segments";
  readonly item: Item;
  readonly task: number | undefined;
  readonly table: "tls" | "ldt";
  /** Index of the first entry. */
  readonly first: number;
  /** 8 bytes each, as a number; 0 is an empty entry. */
  readonly entries: readonly bigint[];
}

/** What the model has no word for. */
export interface RestFact {
  readonly kind: "rest";
  readonly item: Item;
}

/** The image ends here, as it should. */
export interface EndFact {
  readonly kind: "end";
  readonly item: RecordItem;
}

/** Reads the items of one image as facts. What it remembers does not grow with the image. */
export interface FactLens {
  /** Takes the next item, and tells what is known by now. */
  add(item: Item, tell: (fact: Fact) => void): void;
  /** No more items come: tells what it still holds. */
  end(tell: (fact: Fact) => void): void;
  /** True while it holds something that the next items may add to. */
  readonly holds: boolean;
  /** Index of the task that the last item belongs to; undefined if to none. */
  readonly task: number | undefined;
}
