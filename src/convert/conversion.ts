import { CrimgError } from "../errors.js";
import type { ConvertFacet, ConvertOptions } from "../formats/convert-facet.js";
import type { Format } from "../formats/format.js";
import type { Asking } from "../source/drive.js";
import type { Source } from "../source/source.js";
import { Window } from "../source/window.js";
import type { ImageStart } from "../stream/item.js";
import { itemsOf } from "../stream/items.js";
import type { WalkOptions } from "../stream/walk.js";
import type { ConvertFacets } from "./facets.js";
import type { PlanStep } from "./output-plan.js";
import type { ConversionReport } from "./report.js";
import { rewriteImages } from "./rewrite-pass.js";
import { surveyImages } from "./survey-pass.js";
import { targetOf, walkOptionsOf } from "./target.js";

/**
 * The passes of a conversion over one input. The first learns what must be known before the first byte can be written;
 * with `lossless` the second only sees what would be lost. Does no I/O: yields the window that wants bytes, or a step.
 */
export function* conversion(
  { size, seekable }: Pick<Source, "size" | "seekable">,
  formats: readonly Format[],
  facets: ConvertFacets,
  options: ConvertOptions,
): Asking<PlanStep, ConversionReport> {
  if (!seekable) {
    throw new CrimgError("usage", "only an input that can be read twice can be converted: a file, or bytes");
  }
  const walk = walkOptionsOf(options, formats);
  const first = yield* firstImage(size, formats, walk);
  const target = targetOf(options, first.dialect, formats);
  const facet = facetOf(first, facets);
  const job = { size, formats, walk, options, target, facet, goal: facet.goalOf(options, target) };
  const images = yield* surveyImages(job);
  if (options.lossless) refuseLoss(yield* reportOnly(rewriteImages(images, job)));
  return yield* rewriteImages(images, job);
}

/** The first image that the options choose. */
export function* firstImage(
  size: number | undefined,
  formats: readonly Format[],
  walk: WalkOptions,
): Asking<never, ImageStart> {
  for (const step of itemsOf(size, formats, walk)) {
    if (step instanceof Window) yield step;
    else if (step.kind !== "gap") return step.image;
  }
  throw new CrimgError("not-an-image", "the input holds no image");
}

/** What the format of an image brings to convert; `refused` if that is nothing. */
export function facetOf({ format, dialect }: ImageStart, facets: ConvertFacets): ConvertFacet {
  const facet = facets.get(format.id);
  if (facet !== undefined) return facet;
  throw new CrimgError("refused", `no way from ${dialect.name} to another dialect is known`);
}

/** A pass of which only the report is wanted. */
function* reportOnly(pass: Asking<PlanStep, ConversionReport>): Asking<never, ConversionReport> {
  for (;;) {
    const { done, value } = pass.next();
    if (done) return value;
    if (value instanceof Window) yield value;
  }
}

function refuseLoss({ entries, lossy }: ConversionReport): void {
  if (!lossy) return;
  const lost = entries.filter(({ loss }) => loss);
  const shown = lost.slice(0, 3).map(({ path, field }) => (field === null ? path : `${path} ${field}`));
  const more = lost.length > shown.length ? `, and ${lost.length - shown.length} more` : "";
  throw new CrimgError(
    "refused",
    `something would be lost, and --lossless forbids it: ${shown.join(", ")}${more}`,
  );
}
