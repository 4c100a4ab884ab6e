import type { Goal } from "../formats/cr/convert/options.js";
import type { Report } from "./report.js";

/** What a conversion must know of an image before its first byte can be written. */
export interface Facts {
  /** The task's pid: `parent` of its MM. Of several tasks that of the one that is taken. */
  readonly pid: number;
  readonly fpu: FpuFacts;
}

/** What an image says of its FPU, wherever its dialect keeps that. */
export interface FpuFacts {
  /** The task has used it, and its state is there. */
  readonly used: boolean;
  readonly hasFxsr: number;
  /** Bytes of state. */
  readonly size: number;
}

/** What every stage of a conversion can ask. */
export interface Context {
  readonly goal: Goal;
  readonly facts: Facts;
  readonly report: Report;
  /** What the paths of the image begin with: empty, or `image[1].` */
  readonly prefix: string;
}
