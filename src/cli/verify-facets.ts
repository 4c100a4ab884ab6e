import { CrimgError } from "../errors.js";
import type { Rule } from "../finding.js";
import { formats } from "../formats/registry.js";
import { loadVerifyFacets, modelOf } from "../verify/facets.js";
import { rulesOf } from "../verify/rules.js";

/** Every rule there is. */
export async function allRules(): Promise<readonly Rule[]> {
  return rulesOf(await loadVerifyFacets(formats));
}

/** The rule of an id; `usage`, with those that it may have been meant for, if there is none. */
export async function ruleNamed(id: string): Promise<Rule> {
  const rules = await allRules();
  const found = rules.find(rule => rule.id === id.toLowerCase());
  if (found !== undefined) return found;
  const words = id
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word.length > 1);
  const near = rules.filter(rule => words.some(word => rule.id.includes(word))).map(rule => rule.id);
  const hint = near.length === 0 ? "crimg verify --rules lists them" : `similar names: ${near.join(", ")}`;
  throw new CrimgError("usage", `no rule named "${id}"; ${hint}`);
}

/** Throws `usage` for a series that no format knows. */
export async function refuseUnknownSeries(series: string): Promise<void> {
  modelOf(await loadVerifyFacets(formats), series);
}
