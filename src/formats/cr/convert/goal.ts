import { encodeText } from "../../../codec/text.js";
import { CrimgError } from "../../../errors.js";
import type { ConversionTarget } from "../../convert-facet.js";
import { seriesWithoutFpu } from "../series.js";
import type { CrConvertOptions, InventedFd, Repair } from "./options.js";

/** What the options ask for, looked up and with its defaults. */
export interface CrGoal extends Pick<CrConvertOptions, "task" | "xstate" | "deleted" | "vdso"> {
  readonly kernel: KernelVersion | undefined;
  readonly ppid: number;
  readonly fds: readonly InventedFd[];
  readonly fpu: "clear" | "init" | "asis";
  readonly repair: readonly Repair[];
}

export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly release: string;
}

/** Looks up what the options say; `usage` for what there is not, or must not be. */
export function goalOf(
  { task, xstate, deleted, vdso, kernel, ppid = 1, fds = [], fpu = "clear", repair = [] }: CrConvertOptions,
  { series }: Pick<ConversionTarget, "series">,
): CrGoal {
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
    ...(task !== undefined && { task }),
    ...(xstate !== undefined && { xstate }),
    ...(deleted !== undefined && { deleted }),
    ...(vdso !== undefined && { vdso }),
    kernel: kernel === undefined ? undefined : kernelVersion(kernel),
    ppid,
    // The kernel writes descriptors in ascending order.
    fds: fds.toSorted((a, b) => a.fd - b.fd),
    fpu,
    repair,
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
function kernelVersion(release: string): KernelVersion {
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
