import type { Rule } from "../finding.js";
import { formats } from "../formats/registry.js";
import { loadVerifyFacets, modelOf } from "../verify/facets.js";
import { rulesOf } from "../verify/rules.js";

/** Every rule there is. */
export async function allRules(): Promise<readonly Rule[]> {
  return rulesOf(await loadVerifyFacets(formats));
}

/** Throws `usage` for a series that no format knows. */
export async function refuseUnknownSeries(series: string): Promise<void> {
  modelOf(await loadVerifyFacets(formats), series);
}
