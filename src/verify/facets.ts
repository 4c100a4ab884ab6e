import { CrimgError } from "../errors.js";
import { type Format, loadFacets } from "../formats/format.js";
import type { RestartModel, VerifyFacet } from "../formats/verify-facet.js";

/** What formats bring to verify, by the id of the format. */
export type VerifyFacets = ReadonlyMap<string, VerifyFacet>;

/** Loads what formats bring to verify: once this is done, nothing of verify waits for anything but bytes. */
export function loadVerifyFacets(formats: readonly Format[]): Promise<VerifyFacets> {
  return loadFacets(formats, ({ verify }) => verify);
}

/** The restart models there are, in the order of the formats. */
export function modelsOf(facets: VerifyFacets): RestartModel[] {
  return [...facets.values()].flatMap(({ restart }) => (restart === undefined ? [] : [restart]));
}

/** The model that answers for a series; `usage` if none does. */
export function modelOf(facets: VerifyFacets, series: string): RestartModel {
  const models = modelsOf(facets);
  const found = models.find(model => model.series.includes(series));
  if (found !== undefined) return found;
  const names = models.flatMap(model => model.series);
  throw new CrimgError("usage", `no series "${series}"; there are ${names.join(", ")}`);
}
