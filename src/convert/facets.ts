import type { ConvertFacet } from "../formats/convert-facet.js";
import { type Format, loadFacets } from "../formats/format.js";

/** What formats bring to convert, by the id of the format. */
export type ConvertFacets = ReadonlyMap<string, ConvertFacet>;

/** Loads what formats bring to convert: once this is done, a conversion waits for nothing but bytes. */
export function loadConvertFacets(formats: readonly Format[]): Promise<ConvertFacets> {
  return loadFacets(formats, ({ convert }) => convert);
}
