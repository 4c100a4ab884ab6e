import { encodeText } from "../../../codec/text.js";
import { CrimgError } from "../../../errors.js";
import type { Dialect } from "../../../stream/dialect.js";
import { dialectNamed, dialects } from "../dialects.js";
import { seriesWithoutFpu } from "../series.js";

/** What kept an intact image from restarting, and can be mended without touching what the task will see. */
export const repairs = ["tls", "chunks", "fpu"] as const;
export type Repair = (typeof repairs)[number];

/** What to make of an image. */
export interface ConvertOptions {
  /** The dialect of the result, e.g. `cr-3b`. Default: that of the (first) image. */
  readonly to?: string;
  /** Patch series of the kernel that shall restart the result. Default: the last one of the dialect. */
  readonly series?: string;
  /** Version of that kernel, `2.6.28` or `2.6.28-rc3`; restart compares its numbers exactly. Default: kept. */
  readonly kernel?: string;
  /** vppid where pids are invented. Default 1. */
  readonly ppid?: number;
  /** Descriptors to invent for an image that has none. */
  readonly fds?: readonly InventedFd[];
  /** Take this task, by its pid, out of an image of several. */
  readonly task?: number;
  /** Bytes of FPU state in the result: 512 for FXSAVE, 576 for XSAVE. Default: as in the source. */
  readonly xstate?: 512 | 576;
  /** What becomes of used_math where the image has no FPU state: `clear` it, `init` a fresh state, or leave it `asis`. */
  readonly fpu?: "clear" | "init" | "asis";
  /** Descriptors of unlinked files, which no kernel can open: `drop` them, or have the kernel `create` empty files. */
  readonly deleted?: "drop" | "create";
  /** Have the vdso enter the kernel by `int 0x80`: the restarter's SYSENTER returns to where its own vdso was. */
  readonly vdso?: "int80";
  /** Repairs within a dialect. Where the dialect changes all of them are made: its reader wants them. */
  readonly repair?: readonly Repair[];
  /** Refuse to lose anything. */
  readonly lossless?: boolean;
  /** Write 0 where the kernel left bytes undefined: padding and stale values. Default: kept. */
  readonly zeroUndefined?: boolean;
  /** Of a damaged image keep what stands before the damage, and close it with a TAIL. */
  readonly partial?: boolean;
  /** See `WalkOptions`. */
  readonly at?: number;
  readonly image?: number;
  /** Read the source as this dialect, whatever its bytes say. */
  readonly dialect?: string;
}

/** A descriptor for a task that comes without: open for reading and writing, at the start of the file. */
export interface InventedFd {
  readonly fd: number;
  readonly path: string;
}

/** The options with their names looked up. */
export interface Goal extends Omit<ConvertOptions, "to" | "kernel" | "dialect" | "at" | "image"> {
  readonly to: Dialect;
  readonly series: string;
  readonly kernel: KernelVersion | undefined;
  readonly ppid: number;
  readonly fds: readonly InventedFd[];
  readonly fpu: "clear" | "init" | "asis";
}

export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly release: string;
}

/** The latest dialect with this number in its head. */
export function dialectOfRev(rev: number): Dialect {
  const found = dialects.findLast(dialect => dialect.rev === rev);
  if (found !== undefined) return found;
  const known = [...new Set(dialects.map(dialect => dialect.rev))].join(", ");
  throw new CrimgError("usage", `no dialect has rev ${rev}; there are ${known}`);
}

/** Looks up what the options name; `usage` for what there is not. `from` is the dialect of the image. */
export function goalOf(options: ConvertOptions, from: Dialect): Goal {
  const { to: name, kernel, series: wanted, ppid = 1, fds = [], fpu = "clear" } = options;
  const to = name === undefined ? from : dialectNamed(name);
  const series = wanted ?? to.series.at(-1)!;
  if (!to.series.includes(series)) {
    throw new CrimgError(
      "usage",
      `no ${series} kernel restarts ${to.name} images; those of ${to.series.join(", ")} do`,
    );
  }
  if (fpu === "init" && seriesWithoutFpu.includes(series)) {
    throw new CrimgError(
      "usage",
      `a ${series} kernel must not be given FPU state: it would take it for a pointer`,
    );
  }
  if (!Number.isInteger(ppid) || ppid < 0 || ppid > 0x7fffffff) {
    throw new CrimgError("usage", `a pid is a number from 0 to 0x7fffffff, found ${ppid}`);
  }
  const twice = fds.find(({ fd }, i) => fds.findIndex(other => other.fd === fd) !== i);
  if (twice !== undefined) throw new CrimgError("usage", `descriptor ${twice.fd} is given twice`);
  for (const invented of fds) checkFd(invented);
  return {
    ...options,
    to,
    series,
    ppid,
    fpu,
    // The kernel writes descriptors in ascending order.
    fds: fds.toSorted((a, b) => a.fd - b.fd),
    kernel: kernel === undefined ? undefined : kernelVersion(kernel),
  };
}

/** PATH_MAX of Linux, without the NUL. */
const LONGEST_PATH = 4095;

function checkFd({ fd, path }: InventedFd): void {
  const no = (why: string) => {
    throw new CrimgError("usage", `a descriptor ${why}`);
  };
  if (!Number.isInteger(fd) || fd < 0 || fd > 0x7fffffff) no(`is a number from 0 on, found ${fd}`);
  const { length } = encodeText(path);
  if (length === 0 || length > LONGEST_PATH || path.includes("\0")) {
    no(`needs a path of 1 to ${LONGEST_PATH} bytes without NUL, descriptor ${fd} has one of ${length}`);
  }
}

const VERSION = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})([-+.][\x21-\x7e]*)?$/;

/** `2.6.28` or `2.6.28-rc3` taken apart. */
export function kernelVersion(release: string): KernelVersion {
  const parts = VERSION.exec(release);
  const [major, minor, patch] = parts?.slice(1, 4).map(Number) ?? [];
  // 65 bytes would not fit; the C field need not be NUL terminated.
  if (parts === null || release.length > 64 || Math.max(major!, minor!, patch!) > 0xffff) {
    throw new CrimgError(
      "usage",
      `a kernel version is X.Y.Z or X.Y.Z-suffix (2.6.28-rc3), found "${release}"`,
    );
  }
  return { major: major!, minor: minor!, patch: patch!, release };
}
