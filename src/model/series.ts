import type { Item } from "../stream/item.js";

/** Which series of kernels (or tools) wrote an image, as far as its bytes show. */
export interface SeriesGuess {
  /** Those that could have written it, oldest first. */
  readonly series: readonly string[];
  /** What in the bytes says so. Empty if only the dialect does. */
  readonly evidence: readonly string[];
}

/** Collects what tells series of one dialect apart. */
export interface SeriesEvidence {
  /** Takes the next item. True if `latest` is another now. */
  see(item: Item): boolean;
  /** The latest of those that could have written what was seen so far. */
  readonly latest: string;
  guess(): SeriesGuess;
}

/** What is known of an image whose format has no series to tell apart. */
export function onlyDialect(series: readonly string[]): SeriesEvidence {
  return { see: () => false, latest: series.at(-1) ?? "", guess: () => ({ series, evidence: [] }) };
}
