import { CrimgError } from "../../../errors.js";
import type { ConvertCommand, ConvertOption } from "../../commands.js";
import type { ConvertOptions } from "../../convert-facet.js";

// Loaded with every command, since help and completion show the options: goal.ts looks up what they say.

/** What kept an intact image from restarting, and can be mended without touching what the task will see. */
export const repairs = ["tls", "chunks", "fpu"] as const;
export type Repair = (typeof repairs)[number];

/** What to make of an image of this format. */
export interface CrConvertOptions extends ConvertOptions {
  /** Version of the kernel that shall restart the result, `2.6.28` or `2.6.28-rc3`; restart compares its numbers exactly. Default: kept. */
  readonly kernel?: string;
  /** vppid where pids are invented. Default 1. */
  readonly ppid?: number;
  /** Descriptors to invent for an image that has none. */
  readonly fds?: readonly InventedFd[];
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
}

/** A descriptor for a task that comes without: open for reading and writing, at the start of the file. */
export interface InventedFd {
  readonly fd: number;
  readonly path: string;
}

/** The same as options of the command line. */
const options: readonly (ConvertOption & { readonly member: keyof CrConvertOptions })[] = [
  {
    flag: "kernel",
    member: "kernel",
    takes: "text",
    describe: "version of that kernel, X.Y.Z or X.Y.Z-suffix; default: as in the image",
  },
  {
    flag: "repair",
    member: "repair",
    takes: "names",
    of: repairs,
    describe: `mend what keeps an intact image from restarting: all, or --repair=${repairs.join(",")}`,
  },
  {
    flag: "fpu",
    member: "fpu",
    takes: "choice",
    of: ["clear", "init", "asis"],
    default: "clear",
    describe: "where the image has no FPU state but says so: clear used_math, put a fresh state, leave it",
  },
  {
    flag: "deleted",
    member: "deleted",
    takes: "choice",
    of: ["drop", "create"],
    describe: "descriptors of unlinked files: drop them, or have the kernel create empty files",
  },
  {
    flag: "vdso",
    member: "vdso",
    takes: "choice",
    of: ["int80"],
    describe: "have the vdso enter the kernel by int 0x80 (edits the task's memory)",
  },
  {
    flag: "xstate",
    member: "xstate",
    takes: "choice",
    of: [512, 576],
    describe: "bytes of FPU state: 512 for CPUs without XSAVE, 576 for those with it",
  },
  {
    flag: "fd",
    member: "fds",
    takes: "several",
    parse: inventedFd,
    describe: "N=PATH: a descriptor for a task that comes without (repeatable)",
  },
  {
    flag: "ppid",
    member: "ppid",
    takes: "whole number",
    describe: "parent's pid where pids are invented; default: 1",
  },
];

function inventedFd(text: string): InventedFd {
  const parts = /^(\d{1,7})=(.+)$/s.exec(text);
  if (parts === null) throw new CrimgError("usage", `--fd takes N=PATH (0=/dev/null), found "${text}"`);
  return { fd: Number(parts[1]), path: parts[2]! };
}

/** What this format adds to `crimg convert`. */
export const convertCommand: ConvertCommand = {
  options,
  examples: [
    { command: "crimg convert --to-rev 2 app.img -o app-2.img", what: "for the kernels of v6 to v8" },
    { command: "crimg convert --to cr-3b --kernel 2.6.28 app.img -o new.img", what: "for a v13 kernel" },
    { command: "crimg convert --repair app.img -o good.img", what: "the same dialect, but it restarts" },
    { command: "crimg convert --to-rev 2 --split tasks/ tree.img", what: "a tree of tasks, one by one" },
    { command: "crimg convert --to-rev 1 --dry-run app.img", what: "what would be lost" },
  ],
};
