import type { Rule, Say } from "../finding.js";
import type { Item } from "../stream/item.js";

/** What a format brings to verify. Loaded when something is verified. */
export interface VerifyFacet {
  /** Every rule that its readers and judges have, in the order of the list that users see. */
  readonly rules: readonly Rule[];
  /** Those who judge one image: what is wrong with one item is said in this order. */
  judges(say: Say): readonly Judge[];
}

/** Takes items of one image in order, and says what is wrong with them. */
export interface Judge {
  /** Names of the records and raw blocks it looks at; all records if it does not say. */
  readonly wants?: readonly string[];
  add(item: Item): void;
}
