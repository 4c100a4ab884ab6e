import type { Rule } from "../../src/finding.js";
import { formats } from "../../src/formats/registry.js";
import type { SyncSource } from "../../src/source/source.js";
import { loadVerifyFacets, modelsOf } from "../../src/verify/facets.js";
import { rulesOf } from "../../src/verify/rules.js";
import * as verifying from "../../src/verify/verify.js";

/** What verifying takes, loaded once. */
export const facets = await loadVerifyFacets(formats);
/** Every rule that a finding can be of. */
export const rules = rulesOf(facets);
/** What `VerifyOptions.series` can be. */
export const series = modelsOf(facets).flatMap(model => model.series);

/** Verifies an input that answers at once. */
export const verifySync = (source: SyncSource, options?: verifying.VerifyOptions) =>
  verifying.verifySync(source, formats, facets, options);

/** The rule of an id. */
export function ruleNamed(id: string): Rule {
  const found = rules.find(rule => rule.id === id);
  if (found === undefined) throw new Error(`there is no rule ${id}`);
  return found;
}
