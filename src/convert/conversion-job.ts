import type { Finding } from "../finding.js";
import type {
  ConversionTarget,
  ConvertFacet,
  ConvertOptions,
  DialectEdge,
  SurveyedImage,
} from "../formats/convert-facet.js";
import type { Format } from "../formats/format.js";
import type { WalkOptions } from "../stream/walk.js";

/** What is converted, and what for: every pass works with it. */
export interface ConversionJob {
  /** Of the input, where it is known. */
  readonly size: number | undefined;
  readonly formats: readonly Format[];
  readonly walk: WalkOptions;
  readonly options: ConvertOptions;
  readonly target: ConversionTarget;
  readonly facet: ConvertFacet;
  /** What the options of the format ask for. */
  readonly goal: unknown;
}

/** An image that can be converted, and how. */
export interface CheckedImage extends SurveyedImage {
  readonly route: readonly DialectEdge[];
  /** The first thing that is wrong with it, if it is converted as far as it is whole. */
  readonly damage: Finding | undefined;
  /** Offset from which on nothing of it is used. */
  readonly end: number;
}
