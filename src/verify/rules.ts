import type { Rule } from "../finding.js";
import { recordReaderRules } from "../stream/record-reader.js";
import { trackRules } from "../stream/track.js";
import { walkRules } from "../stream/walk.js";
import type { VerifyFacets } from "./facets.js";
import { fieldRules } from "./fields.js";
import { notAnImage } from "./findings.js";
import { checkStopped } from "./limits.js";

/** The rules of the engines, which hold for images of any format. */
const general = [notAnImage, ...walkRules, ...recordReaderRules, ...trackRules, ...fieldRules, checkStopped];

/** Every rule there is: those of each format, in its order and its words, then those that no format has words for. */
export function rulesOf(facets: VerifyFacets): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const rule of [...[...facets.values()].flatMap(facet => facet.rules), ...general]) {
    if (!rules.has(rule.id)) rules.set(rule.id, rule);
  }
  return [...rules.values()];
}
