import { randomOf } from "./random.js";
import type { Case, Target } from "./target.js";

/** The case of this number. Each has a seed of its own, so that one can be made without those before it. */
export function caseOf(target: Target, seed: number, index: number): Case {
  return target.make(randomOf(`${seed}/${target.name}/${index}`));
}
