import type { Rule, Say } from "../finding.js";
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
}

/** What the judges of one image work with. */
export interface JudgeInput {
  readonly say: Say;
  /**
   * Holds the fields of every record against their table, whatever the format. A format may put it into its list, where
   * the findings are to be said; else it comes first.
   */
  readonly fields: Judge;
}

/** Takes items of one image in order, and says what is wrong with them. */
export interface Judge {
  /** Names of the records and raw blocks it looks at; all records if it does not say. */
  readonly wants?: readonly string[];
  add(item: Item): void;
}
