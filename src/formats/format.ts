import { CrimgError } from "../errors.js";
import type { FactLens } from "../model/fact.js";
import { onlyDialect, type SeriesEvidence } from "../model/series.js";
import type { Dialect } from "../stream/dialect.js";
import type { ImageStart } from "../stream/item.js";
import type { StreamFormat } from "../stream/stream-format.js";
import type { FormatCommands } from "./commands.js";
import type { ConvertFacet } from "./convert-facet.js";
import type { VerifyFacet } from "./verify-facet.js";

/** The plug: what a format must bring, and may. A new one is a folder beside this file, and a line in registry.ts. */
export interface Format extends StreamFormat {
  /** What it is called in lists. */
  readonly title: string;
  /** Reads the items of an image as facts. */
  facts(image: ImageStart): FactLens;
  /** Tells which series of its dialect wrote an image. Without it, all of them might have. */
  evidence?(image: ImageStart): SeriesEvidence;
  /** What it adds to the command line. */
  readonly commands?: FormatCommands;
  /** What only some commands need: loaded when asked for. */
  readonly facets: {
    verify?(): Promise<VerifyFacet>;
    convert?(): Promise<ConvertFacet>;
  };
}

/** Which series wrote an image, as its format tells it. */
export function evidenceOf(image: ImageStart): SeriesEvidence {
  return formatOf(image).evidence?.(image) ?? onlyDialect(image.dialect.series);
}

/** The format of an image. */
export function formatOf(image: ImageStart): Format {
  // All that reads images comes from the registry, which holds nothing but formats.
  return image.format as Format;
}

/** What the formats bring to one engine, by the id of the format. A format that brings nothing is not in it. */
export async function loadFacets<F>(
  formats: readonly Format[],
  loaderOf: (facets: Format["facets"]) => (() => Promise<F>) | undefined,
): Promise<ReadonlyMap<string, F>> {
  const loaded = await Promise.all(
    formats.map(async ({ id, facets }) => [id, await loaderOf(facets)?.()] as const),
  );
  return new Map(loaded.flatMap(([id, facet]) => (facet === undefined ? [] : [[id, facet] as const])));
}

/** The dialects of all formats, oldest first. */
export function dialectsOf(formats: readonly Format[]): readonly Dialect[] {
  return formats.flatMap(({ dialects }) => dialects);
}

/** The dialect of a name; `usage` if there is none. */
export function dialectNamed(name: string, formats: readonly Format[]): Dialect {
  const dialects = dialectsOf(formats);
  const found = dialects.find(dialect => dialect.name === name);
  if (found) return found;
  throw new CrimgError("usage", `no dialect "${name}"; there are ${dialects.map(d => d.name).join(", ")}`);
}
