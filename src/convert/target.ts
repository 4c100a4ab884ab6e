import { CrimgError } from "../errors.js";
import type { ConversionTarget, ConvertOptions } from "../formats/convert-facet.js";
import { dialectNamed, dialectsOf, type Format } from "../formats/format.js";
import type { Dialect } from "../stream/dialect.js";
import type { WalkOptions } from "../stream/walk.js";

/** Looks up what a conversion leads to; `usage` for what there is not. `from` is the dialect of the image. */
export function targetOf(
  { to, series: wanted }: ConvertOptions,
  from: Dialect,
  formats: readonly Format[],
): ConversionTarget {
  const dialect = to === undefined ? from : dialectNamed(to, formats);
  const series = wanted ?? dialect.series.at(-1)!;
  if (!dialect.series.includes(series)) {
    throw new CrimgError(
      "usage",
      `no ${series} kernel restarts ${dialect.name} images; those of ${dialect.series.join(", ")} do`,
    );
  }
  return { dialect, series };
}

/** The latest dialect with this number in its head; `usage` if there is none. */
export function dialectOfRev(rev: number, formats: readonly Format[]): Dialect {
  const dialects = dialectsOf(formats);
  const found = dialects.findLast(dialect => dialect.rev === rev);
  if (found !== undefined) return found;
  const known = [...new Set(dialects.map(dialect => dialect.rev))].join(", ");
  throw new CrimgError("usage", `no dialect has rev ${rev}; there are ${known}`);
}

/** The images that the options choose, and how they are read. */
export function walkOptionsOf(
  { at, image, dialect }: ConvertOptions,
  formats: readonly Format[],
): WalkOptions {
  // An image inside a larger file ends with its last record: what stands behind is somebody else's.
  const wanted = at === undefined ? image : (image ?? 0);
  return {
    ...(at !== undefined && { at }),
    ...(wanted !== undefined && { image: wanted }),
    ...(dialect !== undefined && { dialect: dialectNamed(dialect, formats) }),
  };
}
