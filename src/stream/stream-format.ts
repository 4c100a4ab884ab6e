import type { Rule } from "../finding.js";
import type { Window } from "../source/window.js";
import type { Dialect } from "./dialect.js";
import type { ImageStart, Item } from "./item.js";
import type { Probe } from "./probe.js";

/** As much of a format as it takes to find its images and to read their items: the rest of it is formats/format.ts. */
export interface StreamFormat {
  /** `cr` */
  readonly id: string;
  readonly probe: Probe;
  readonly dialects: readonly Dialect[];
  /** Reads one image. For record streams: `(start, input) => new RecordReader(start, input)`. */
  reader(start: ImageStart, input: ReaderInput): Reader;
}

/** What a reader works with. */
export interface ReaderInput {
  readonly window: Window;
  /** Where the next head stands: for what is lost up to there. */
  readonly heads: Heads;
  /** Bytes of page contents to have at hand when their item is yielded. */
  readonly preview: number;
  /** Says what is wrong or odd, before the item that it stands at is yielded. */
  readonly say: SayOfBytes;
}

/** Where heads are, of whatever format. */
export interface Heads {
  /** Bytes that say whether a head begins at a place. */
  readonly span: number;
  /** True if a head that can be read begins at `at`, by its first bytes alone. At least `span` of them must be at hand. */
  isHead(at: number): boolean;
  /**
   * The next place behind `from` that may be a head; undefined if there is none; the window if it lacks bytes: then it is
   * to be called again with the same `from`.
   */
  next(from: number): number | Window | undefined;
}

/** `isDamage`: the bytes stand against the format, so that what is read may not be what was written. */
export type SayOfBytes = (
  rule: Rule,
  message: string,
  offset: number,
  path: string,
  isDamage: boolean,
  hint?: string,
) => void;

/** Reads one image from its head on, and does no I/O. Damage never makes it throw. */
export interface Reader {
  /** The next item; the window, if that lacks bytes; undefined at the end of the image. */
  next(): Item | Window | undefined;
  /** Up to where it has read. */
  readonly offset: number;
}
