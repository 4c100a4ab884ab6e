import type { Rule } from "../../src/finding.js";
import { formats } from "../../src/formats/registry.js";
import { loadVerifier } from "../../src/index.js";
import { loadVerifyFacets } from "../../src/verify/facets.js";

/** What verifying takes, loaded once. */
export const { rules, series, verifySync } = await loadVerifier();
export const facets = await loadVerifyFacets(formats);

/** The rule of an id. */
export function ruleNamed(id: string): Rule {
  const found = rules.find(rule => rule.id === id);
  if (found === undefined) throw new Error(`there is no rule ${id}`);
  return found;
}
