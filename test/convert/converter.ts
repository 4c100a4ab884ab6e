import * as converting from "../../src/convert/convert.js";
import { loadConvertFacets } from "../../src/convert/facets.js";
import { type ConvertOptions, formats } from "../../src/formats/registry.js";
import type { SyncSource } from "../../src/source/source.js";

const facets = await loadConvertFacets(formats);

/** Converts bytes at once. */
export const convertBytes = (bytes: Uint8Array, options: ConvertOptions) =>
  converting.convertBytes(bytes, formats, facets, options);

/** The steps of a conversion, of an input that answers at once. */
export const planSync = (source: SyncSource, options: ConvertOptions) =>
  converting.planSync(source, formats, facets, options);
