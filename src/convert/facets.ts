import type { ConvertFacet } from "../formats/convert-facet.js";
import type { Format } from "../formats/format.js";

/** What formats bring to convert, by the id of the format. A format that brings nothing is not in it. */
export type ConvertFacets = ReadonlyMap<string, ConvertFacet>;

/** Loads what formats bring to convert: once this is done, a conversion waits for nothing but bytes. */
export async function loadConvertFacets(formats: readonly Format[]): Promise<ConvertFacets> {
  const loaded = await Promise.all(
    formats.map(async ({ id, facets: { convert } }) => [id, await convert?.()] as const),
  );
  return new Map(loaded.flatMap(([id, facet]) => (facet === undefined ? [] : [[id, facet] as const])));
}
