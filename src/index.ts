/**
 * crimg: reads the checkpoint images of the Linux checkpoint/restart kernels (linux-cr). What their records are declared
 * with is `crimg/codec`.
 *
 * @example
 * const image = await openImage("app.img");
 * for (const task of await image.tasks()) {
 *   console.log(task.pid, task.comm, task.areas().length);
 * }
 */

export type { Abi, ByteOrder } from "./codec/abi.js";
export { actualText, symbolicText } from "./codec/describe.js";
export { escapeText } from "./codec/escape.js";
export type { Field } from "./codec/field.js";
export type { Grammar, RawBlock } from "./codec/grammar.js";
export type { LayoutField } from "./codec/layout.js";
export type { Table } from "./codec/table.js";
export { decodeText, encodeText, splitAtNul } from "./codec/text.js";
export type { ConvertedBytes } from "./convert/convert.js";
export type { PlanStep } from "./convert/output-plan.js";
export type { ConversionReport, ReportEntry } from "./convert/report.js";
export type { DumpOptions, DumpReport } from "./dump/dump.js";
export { itemJson } from "./dump/item-json.js";
export { plain, type Style } from "./dump/style.js";
export { CrimgError, type ErrorCode, type Position } from "./errors.js";
export type { Finding, Rule, Severity } from "./finding.js";
export type { ChangeKind } from "./formats/convert-piece.js";
export type { InventedFd, Repair } from "./formats/cr/convert/options.js";
export { taskPids } from "./formats/cr/convert/requests/task.js";
export { dialectNamed, dialects } from "./formats/cr/dialects.js";
export { type CrItem, type CrRecord, isCr, type RecordOf } from "./formats/cr/item.js";
export type { RecordFields, RecordName } from "./formats/cr/records.js";
export { type Format, formatOf } from "./formats/format.js";
export { type ConvertOptions, formats } from "./formats/registry.js";
export type { RestartOptions, TaskVerdict, Verdict } from "./formats/verify-facet.js";
export { extendedText, type FpuState, fpuStateOf } from "./formats/x86/fpu.js";
export { type Segment, segmentOf } from "./formats/x86/segment.js";
export { Image, Task, type Verification } from "./image.js";
export { decodeLines, dialectOfRev, encodeLines } from "./library.js";
export type { DecodedPart, DecodeOptions } from "./lines/decode.js";
export type { EncodeOptions, LineChunks } from "./lines/encode.js";
export type { PagesMode } from "./lines/line.js";
export type { ReadOptions } from "./model/memory.js";
export type { SeriesGuess } from "./model/series.js";
export type { Summary, TaskSummary } from "./model/summary.js";
export { type Input, openImage } from "./open-image.js";
export type { Sink } from "./source/sink.js";
export {
  type BlobLike,
  blobSource,
  bytesSource,
  pullSource,
  type Source,
  type SyncSource,
  streamSource,
} from "./source/source.js";
export { type BuildItem, type BuildRaw, type BuildRecord, buildImage } from "./stream/build-image.js";
export type { Dialect, DialectParts, RecordSpec } from "./stream/dialect.js";
export { encodeRecord } from "./stream/encode-record.js";
export {
  elements,
  type GapItem,
  type ImageStart,
  type Item,
  type RawItem,
  type RecordItem,
  type UnknownItem,
} from "./stream/item.js";
export type { WalkOptions } from "./stream/walk.js";
export type { VerifyOptions, VerifyReport } from "./verify/verify.js";
