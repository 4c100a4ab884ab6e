import * as converting from "./convert/convert.js";
import { loadConvertFacets } from "./convert/facets.js";
import type { PlanStep } from "./convert/output-plan.js";
import type { ConversionReport } from "./convert/report.js";
import * as targets from "./convert/target.js";
import { type DumpOptions, type DumpReport, dumping } from "./dump/dump.js";
import { summarizing } from "./dump/summarize.js";
import type { Finding, Rule } from "./finding.js";
import { type ConvertOptions, formats } from "./formats/registry.js";
import * as decoding from "./lines/decode.js";
import * as encoding from "./lines/encode.js";
import type { Summary } from "./model/summary.js";
import { resultSync } from "./source/drive.js";
import type { Sink } from "./source/sink.js";
import type { Source, SyncSource } from "./source/source.js";
import type { Dialect } from "./stream/dialect.js";
import * as carving from "./stream/file-parts.js";
import type { Item } from "./stream/item.js";
import type { OpenedImage } from "./stream/items.js";
import * as walking from "./stream/items.js";
import type { WalkOptions } from "./stream/walk.js";
import { loadVerifyFacets, modelsOf } from "./verify/facets.js";
import { rulesOf } from "./verify/rules.js";
import * as verifying from "./verify/verify.js";

/** The engines with every format that crimg knows. */

/** Walks any source. */
export function walk(source: Source, options?: WalkOptions): AsyncGenerator<Item, void, void> {
  return walking.walk(source, formats, options);
}

/** Walks a source that answers at once. */
export function walkSync(source: SyncSource, options?: WalkOptions): Generator<Item, void, void> {
  return walking.walkSync(source, formats, options);
}

/** Writes a dump of the input to `write`. */
export function dump(source: SyncSource, write: (text: string) => void, options?: DumpOptions): DumpReport {
  return resultSync(source, dumping(source, formats, write, options));
}

/** The summary of every image in the input. */
export function summarize(source: SyncSource, options?: WalkOptions): Summary[] {
  return resultSync(source, summarizing(source.size, formats, options));
}

/** What verifying knows, and the same without waiting for inputs that answer at once. */
export interface Verifier {
  /** Every rule that a finding can be of. */
  readonly rules: readonly Rule[];
  /** What `VerifyOptions.series` can be. */
  readonly series: readonly string[];
  verifySync(
    source: SyncSource,
    options?: verifying.VerifyOptions,
  ): Generator<Finding, verifying.VerifyReport, void>;
}

/** Loads what formats bring to verify. */
export async function loadVerifier(): Promise<Verifier> {
  const facets = await loadVerifyFacets(formats);
  return {
    rules: rulesOf(facets),
    series: modelsOf(facets).flatMap(({ series }) => series),
    verifySync: (source, options) => verifying.verifySync(source, formats, facets, options),
  };
}

/** Converts without waiting for inputs that answer at once. */
export interface Converter {
  convertBytes(bytes: Uint8Array, options: ConvertOptions): converting.ConvertedBytes;
  planSync(source: SyncSource, options: ConvertOptions): Generator<PlanStep, ConversionReport, void>;
}

/** Loads what formats bring to convert. */
export async function loadConverter(): Promise<Converter> {
  const facets = await loadConvertFacets(formats);
  return {
    convertBytes: (bytes, options) => converting.convertBytes(bytes, formats, facets, options),
    planSync: (source, options) => converting.planSync(source, formats, facets, options),
  };
}

/** The latest dialect with this number in its head; `usage` if there is none. */
export function dialectOfRev(rev: number): Dialect {
  return targets.dialectOfRev(rev, formats);
}

/** See lines/decode.ts. */
export function decodeLines(image: OpenedImage, options?: decoding.DecodeOptions & WalkOptions) {
  return decoding.decodeLines(image, formats, options);
}

/** The same for an input that answers at once. */
export function decodeLinesSync(source: SyncSource, options?: decoding.DecodeOptions & WalkOptions) {
  return decoding.decodeLinesSync(source, formats, options);
}

/** See lines/encode.ts. */
export function encodeLines(chunks: encoding.LineChunks, options: encoding.EncodeOptions, sink: Sink) {
  return encoding.encodeLines(chunks, formats, options, sink);
}

/** Where the images of a file are, in order. */
export function fileParts(source: SyncSource, onFinding?: WalkOptions["onFinding"]) {
  return carving.fileParts(source, formats, onFinding);
}

/** Bytes of a file that holds sound images and nothing else. */
export function soundLength(source: SyncSource): number {
  return carving.soundLength(source, formats);
}
