import type { Rule, Say } from "../finding.js";
import type { Asking } from "../source/drive.js";
import type { Window } from "../source/window.js";
import type { Item } from "../stream/item.js";

/** What a format brings to verify. Loaded when something is verified. */
export interface VerifyFacet {
  /**
   * The rules of its readers and judges, and those of the engines that it says in words of its own (`reworded`), in the
   * order of the list that users see.
   */
  readonly rules: readonly Rule[];
  /** Those who judge one image: what is wrong with one item is said in this order. */
  judges(input: JudgeInput): readonly Judge[];
  /** What would become of a restart; a format without it gets findings and no verdict. */
  readonly restart?: RestartModel;
}

/** What the judges of one image work with. */
export interface JudgeInput {
  readonly say: Say;
  /**
   * Holds the fields of every record against their table, whatever the format. A format may put it into its list, where
   * the findings are to be said; else it comes first.
   */
  readonly fields: Judge;
  /** The series that the image is verified for: the one asked for, else the one that it shows so far. */
  series(): string;
}

/** Takes items of one image in order, and says what is wrong with them. */
export interface Judge {
  /** Names of the records and raw blocks it looks at; all records if it does not say. */
  readonly wants?: readonly string[];
  add(item: Item): void;
}

/** Reads an image as the kernels (or tools) that restart it do, and answers what they would. */
export interface RestartModel {
  /** Whose answers it knows, oldest first. */
  readonly series: readonly string[];
  /** Reads as a series of `series` does. Asks for bytes by its window; whatever they are, it has an answer. */
  run(series: string, window: Window, options: RestartOptions): Asking<never, Verdict>;
}

/** The machine and the moment of the restart. */
export interface RestartOptions {
  /** Version of the kernel that restarts, where the series compares it. Default: the image's own. */
  readonly kernel?: readonly [major: number, minor: number, patch: number];
  /** Where in the file it begins to read. Default 0. */
  readonly start?: number;
  /** Says whether a path can be opened. Default: `likely`, which is true but for names that say their file is deleted. */
  readonly exists?: (path: string, likely: boolean) => boolean;
  /** Processes that restart together, the root's included. Default: as many as the image has tasks. */
  readonly restarters?: number;
  /** FPU of the machine. Default: what the image asks for, if there is such a CPU. */
  readonly fpu?: { readonly has_fxsr: number; readonly has_xsave: number; readonly xstate_size: number };
}

/** What the restarting kernel (or tool) would answer. */
export interface Verdict {
  /** Whose answer it is. */
  readonly series: string;
  /** What was called: `sys_restart`. */
  readonly call: string;
  /** The return value: 0, or a negative error. */
  readonly returns: number;
  /** `EINVAL`; undefined for 0, and for a number that is no error of a restart. */
  readonly errno: string | undefined;
  /** It waits for ever; `returns` is what it answers when it is killed. */
  readonly waits: boolean;
  /** The file position when it returns. */
  readonly position: number;
  /** True if the caller sees the value; false if its memory is gone by then and another program runs, or none. */
  readonly visible: boolean;
  /** Beside the image, what decides: stale kernel memory, the machine. The verdict is what holds otherwise. */
  readonly depends: readonly string[];
  /** In an image of several tasks: what becomes of each, in their order. */
  readonly tasks?: readonly TaskVerdict[];
}

export interface TaskVerdict {
  /** pid in the image. */
  readonly pid: number;
  /** `restored`; `refused` with the error that its own call returns; `waits` for ever. */
  readonly fate: "restored" | "refused" | "waits";
  readonly returns?: number;
  /** As in the verdict. */
  readonly errno?: string | undefined;
}
