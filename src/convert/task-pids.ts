import type { ConvertOptions } from "../formats/convert-facet.js";
import type { Format } from "../formats/format.js";
import { resultSync } from "../source/drive.js";
import type { SyncSource } from "../source/source.js";
import { walkSync } from "../stream/items.js";
import { facetOf, firstImage } from "./conversion.js";
import type { ConvertFacets } from "./facets.js";
import { walkOptionsOf } from "./target.js";

/** pids of the tasks in the one image that the options choose, in its order: each can be taken out (`task`). */
export function taskPidsOf(
  source: SyncSource,
  formats: readonly Format[],
  facets: ConvertFacets,
  options: ConvertOptions,
): readonly number[] {
  const walk = walkOptionsOf(options, formats);
  const image = resultSync(source, firstImage(source.size, formats, walk));
  return facetOf(image, facets).taskPids(walkSync(source, formats, walk));
}
