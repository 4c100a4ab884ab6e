import type { Rule } from "../finding.js";
import { formats } from "../formats/registry.js";
import { loadVerifyFacets } from "../verify/facets.js";
import { rulesOf } from "../verify/rules.js";

/** Every rule there is. */
export async function allRules(): Promise<readonly Rule[]> {
  return rulesOf(await loadVerifyFacets(formats));
}
