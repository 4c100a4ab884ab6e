import type { Dialect } from "../stream/dialect.js";
import type { Fields, ImageStart, Item } from "../stream/item.js";
import type { ChangeReport, NamedPiece, RecordPiece, Stage } from "./convert-piece.js";

/**
 * What a format brings to convert, for conversions among its own dialects, record by record. Loaded when something is
 * converted. `G` is what its own options ask for, `S` what must be known of an image before its first byte can be
 * written; the engine passes both on without looking.
 */
export interface ConvertFacet<G = unknown, S = unknown> {
  /** The ways between its dialects. A conversion takes as few as it can. */
  readonly edges: readonly DialectEdge<G, S>[];
  /** Looks up what its own options say. Throws `usage` for what there is not. */
  goalOf(options: ConvertOptions, target: ConversionTarget): G;
  /** Bytes of page contents that a surveyor wants to see. Default 0. */
  previewOf?(goal: G): number;
  /** Begins the survey of an image. */
  surveyor(image: ImageStart, target: ConversionTarget, goal: G): Surveyor<S>;
  /** Throws if an image cannot become what the goal asks for. */
  check?(image: SurveyedImage<G, S>): void;
  /** What is done beside the edges: before the first one, in the source's dialect, and after the last, in the target's. */
  stages?(context: ConversionContext<G, S>): {
    readonly before: readonly Stage[];
    readonly after: readonly Stage[];
  };
  /** What the head of an image says of its dialect: `{ rev: 3 }`. */
  stamp(dialect: Dialect): Fields;
  /** The record that closes an image whose own end is lost. */
  closing(image: ImageStart): RecordPiece;
  /** pids of the tasks in the one image that the items are of, in its order. Throws `refused` if they name no file each. */
  taskPids(items: Iterable<Item>): readonly number[];
}

/** What to make of an image, whatever its format. */
export interface ConvertOptions {
  /** The dialect of the result, e.g. `cr-3b`. Default: that of the (first) image. */
  readonly to?: string;
  /** Patch series of the kernel that shall restart the result. Default: the last one of the dialect. */
  readonly series?: string;
  /** Take this task, by its pid, out of an image of several. */
  readonly task?: number;
  /** Refuse to lose anything. */
  readonly lossless?: boolean;
  /** Write 0 where the kernel left bytes undefined: padding and stale values. Default: kept. */
  readonly zeroUndefined?: boolean;
  /** Of a damaged image keep what stands before the damage, and close it. */
  readonly partial?: boolean;
  /** See `WalkOptions`. */
  readonly at?: number;
  readonly image?: number;
  /** Read the source as this dialect, whatever its bytes say. */
  readonly dialect?: string;
}

/** What a conversion leads to. */
export interface ConversionTarget {
  readonly dialect: Dialect;
  /** The kernel (or tool) that shall read the result. */
  readonly series: string;
}

/** Sees the items of one image, as far as they are sound, before it is converted. */
export interface Surveyor<S> {
  /** Must not keep what is a view of the bytes that were read: there is one surveyor for each image of a file. */
  see(item: Item): void;
  /** What it found out, once it has seen all. Throws `usage` if the image has not got what the options name. */
  survey(): S;
}

/** An image that is to be converted, and what is known of it. */
export interface SurveyedImage<G = unknown, S = unknown> {
  readonly image: ImageStart;
  readonly target: ConversionTarget;
  readonly goal: G;
  readonly survey: S;
}

/** What every stage of a conversion can ask. */
export interface ConversionContext<G = unknown, S = unknown> extends SurveyedImage<G, S> {
  readonly report: ChangeReport;
}

/**
 * What it takes to get from a dialect to its neighbour, declared: everything it does not name passes through. The
 * numbers of records and the stamp of the head are those of the dialect and follow by themselves.
 */
export interface DialectEdge<G = unknown, S = unknown> {
  readonly from: Dialect;
  readonly to: Dialect;
  /** What the target does not have, all below it included: names in paths, such as `files`. */
  readonly drops?: readonly string[];
  /** What the way back would put there unless asked for something else. To drop just that loses nothing. */
  restores?(image: SurveyedImage<G, S>): readonly NamedPiece[];
  readonly invents?: readonly Invention<G, S>[];
  /** Records that both have, in another shape. */
  reshapes?(context: ConversionContext<G, S>): Stage;
  /** Why an image cannot go this way; undefined if it can. */
  refuses?(image: SurveyedImage<G, S>): string | undefined;
}

/** Pieces that the source does not have. */
export interface Invention<G = unknown, S = unknown> {
  /** The record that they are put before. */
  readonly before: string;
  /** `path` is the place of the group that the record is in: `task[0]`; empty for the image itself. */
  make(image: SurveyedImage<G, S>, path: string): readonly NamedPiece[];
  readonly why: string;
}
