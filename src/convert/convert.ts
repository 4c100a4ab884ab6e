import { joinBytes } from "../codec/bytes.js";
import type { ConvertOptions } from "../formats/convert-facet.js";
import type { Format } from "../formats/format.js";
import { drive, driveSync } from "../source/drive.js";
import { partsOf, readExtent } from "../source/extent.js";
import type { Sink } from "../source/sink.js";
import { bytesSource, type SyncSource } from "../source/source.js";
import type { OpenedImage } from "../stream/items.js";
import { conversion } from "./conversion.js";
import type { ConvertFacets } from "./facets.js";
import type { PlanStep } from "./output-plan.js";
import type { ConversionReport } from "./report.js";

/** Bytes of page contents read at once. */
const COPY_PART = 1024 * 1024;

/**
 * Converts an image, and writes the result to `sink` in order. The image must be readable twice (a file, bytes, a
 * Blob). Throws `refused` where the image cannot be carried there, `malformed` or `truncated` for a damaged one.
 */
export async function convert(
  image: OpenedImage,
  formats: readonly Format[],
  facets: ConvertFacets,
  options: ConvertOptions,
  sink: Sink,
): Promise<ConversionReport> {
  const steps = plan(image, formats, facets, options);
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
    if ("bytes" in value) await sink.write(value.bytes);
    else {
      for (const part of partsOf(value.copy, COPY_PART))
        await sink.write(await readExtent(image.source, part));
    }
  }
}

/** What `convert` would write, step by step; nothing is written, and page contents are not read. */
export function plan(
  image: OpenedImage,
  formats: readonly Format[],
  facets: ConvertFacets,
  options: ConvertOptions,
): AsyncGenerator<PlanStep, ConversionReport, void> {
  const { source, options: where } = image;
  const { at, image: index, dialect } = where;
  const place = {
    ...(at !== undefined && { at }),
    ...(index !== undefined && { image: index }),
    ...(dialect !== undefined && { dialect: dialect.name }),
  };
  return drive(source, conversion(source, formats, facets, { ...place, ...options }));
}

/** The same for an input that answers at once. */
export function planSync(
  source: SyncSource,
  formats: readonly Format[],
  facets: ConvertFacets,
  options: ConvertOptions,
): Generator<PlanStep, ConversionReport, void> {
  return driveSync(source, conversion(source, formats, facets, options));
}

/** A conversion whose result is in memory. */
export interface ConvertedBytes {
  readonly bytes: Uint8Array;
  readonly report: ConversionReport;
}

/** Converts an image that is in memory. */
export function convertBytes(
  bytes: Uint8Array,
  formats: readonly Format[],
  facets: ConvertFacets,
  options: ConvertOptions,
): ConvertedBytes {
  const steps = planSync(bytesSource(bytes), formats, facets, options);
  const parts: Uint8Array[] = [];
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { bytes: joinBytes(parts), report: value };
    if ("bytes" in value) parts.push(value.bytes);
    else parts.push(bytes.subarray(value.copy.offset, value.copy.offset + value.copy.length));
  }
}
