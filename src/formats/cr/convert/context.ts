import type { ConversionContext, SurveyedImage } from "../../convert-facet.js";
import type { CrGoal } from "./goal.js";
import type { Repair } from "./options.js";

/** What the survey finds out of an image: all that a stage needs before the bytes that say it come. */
export interface CrSurvey {
  /** pids of the tasks, in their order: `parent` of MM; 0 where there is none. */
  readonly tasks: readonly number[];
  /** The place of the task that is taken; undefined if all are. */
  readonly taken: number | undefined;
  /** pid of the task that is taken, or of the first. */
  readonly pid: number;
  readonly hasMemory: boolean;
  readonly fpu: SurveyedFpu;
  readonly deleted: DeletedFiles;
  /** Offsets at which the vdso enters the kernel by SYSENTER. */
  readonly sysenters: readonly number[];
}

/** What an image says of its FPU, wherever its dialect keeps that. */
export interface SurveyedFpu {
  /** The task has used it, and its state is there. */
  readonly used: boolean;
  readonly hasFxsr: number;
  /** Bytes of state. */
  readonly size: number;
}

/** The descriptors of unlinked files: FILES counts what stands behind it. */
export interface DeletedFiles {
  /** objrefs of unlinked files, over the whole image. */
  readonly objrefs: ReadonlySet<number>;
  /** Descriptors of such files by the path of their FILES. */
  readonly counts: ReadonlyMap<string, number>;
}

export type CrContext = ConversionContext<CrGoal, CrSurvey>;
export type CrSurveyedImage = SurveyedImage<CrGoal, CrSurvey>;

/** Where the dialect changes, everything is made as the reader wants it. */
export function isRepaired(
  repair: Repair,
  { image, target, goal }: Pick<CrSurveyedImage, "image" | "target" | "goal">,
): boolean {
  return image.dialect !== target.dialect || goal.repair.includes(repair);
}
