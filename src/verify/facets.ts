import type { Format } from "../formats/format.js";
import type { VerifyFacet } from "../formats/verify-facet.js";

/** What formats bring to verify, by the id of the format. A format that brings nothing is not in it. */
export type VerifyFacets = ReadonlyMap<string, VerifyFacet>;

/** Loads what formats bring to verify: once this is done, nothing of verify waits for anything but bytes. */
export async function loadVerifyFacets(formats: readonly Format[]): Promise<VerifyFacets> {
  const loaded = await Promise.all(
    formats.map(async ({ id, facets: { verify } }) => [id, await verify?.()] as const),
  );
  return new Map(loaded.flatMap(([id, facet]) => (facet === undefined ? [] : [[id, facet] as const])));
}
