import type { ImageStart } from "../stream/item.js";
import type { StreamFormat } from "../stream/stream-format.js";
import type { ConvertFacet } from "./convert-facet.js";
import type { VerifyFacet } from "./verify-facet.js";

/** The plug: what a format must bring, and may. A new one is a folder beside this file, and a line in registry.ts. */
export interface Format extends StreamFormat {
  /** What it is called in lists. */
  readonly title: string;
  /** What only some commands need: loaded when asked for. */
  readonly facets: {
    verify?(): Promise<VerifyFacet>;
    convert?(): Promise<ConvertFacet>;
  };
}

/** The format of an image. */
export function formatOf(image: ImageStart): Format {
  // All that reads images comes from the registry, which holds nothing but formats.
  return image.format as Format;
}
