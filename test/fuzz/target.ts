import type { Calls } from "./calls.js";
import type { Random } from "./random.js";

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** How a target takes its input; all of them have defaults, so that shrinking can leave them out. */
export type CaseOptions = Readonly<Record<string, Json>>;

/** One input, and what is to be done with it. */
export interface Case {
  readonly input: Uint8Array;
  readonly options: CaseOptions;
}

/** A property of crimg that holds for any input. */
export interface Target {
  readonly name: string;
  /** What holds, as a sentence. */
  readonly property: string;
  /** What the input is: shrinking takes out items of an image, or lines. */
  readonly input: "image" | "lines";
  /** `nothing`: what its calls make is let go at once, so that their memory can be measured. */
  readonly keeps?: "nothing";
  make(random: Random): Case;
  /** Throws if the property does not hold. */
  check(given: Case, calls: Calls): void | Promise<void>;
}

/** No input is larger. */
export const INPUT_MOST = 1024 * 1024;
