import { CrimgError } from "../errors.js";
import type { Sink } from "../source/sink.js";
import type { Source } from "../source/source.js";
import type { StreamFormat } from "../stream/stream-format.js";
import { LineEncoder } from "./encoder.js";
import { lineError } from "./line.js";
import { lineCheck } from "./line-check.js";
import { countLines } from "./line-counts.js";
import { type LineChunks, textLines } from "./text-lines.js";

export type { LineChunks } from "./text-lines.js";

/** How to encode. */
export interface EncodeOptions {
  /**
   * Write the lengths and counts that the lines make (the `len` of each record, and every field that the grammar of the
   * dialect has for a count or a length) instead of those they say. The lines are then read twice: they must be an array
   * or something else that begins anew each time it is iterated. A record whose count of 0 would end a list that goes on
   * (a chunk without pages, whose nr_pages repeats a running total) is left out. Default: what the lines say is written.
   */
  readonly fixCounts?: boolean;
  /** The page contents, for lines that were decoded with `pages: "file"` or `"none"`. */
  readonly pages?: Source;
}

/** Bytes of page contents read at once. */
const PAGES_READ = 128 * 1024;

/**
 * Writes the image that lines stand for; they may come in pieces of any size. What `decodeLines` made becomes the same
 * bytes; what was edited, added or taken out changes them. Throws `malformed` and `out-of-range`, with the line and the
 * JSON pointer, for a line that is not as its schema says (schemas/image-line.schema.json), `truncated` if the page
 * contents are too short, `usage` if they are needed and not given.
 */
export async function encodeLines(
  chunks: LineChunks,
  formats: readonly StreamFormat[],
  options: EncodeOptions,
  sink: Sink,
): Promise<void> {
  const check = await lineCheck();
  const counts = options.fixCounts ? await countLines(chunks, formats) : undefined;
  const encoder = new LineEncoder(formats, check, counts);
  const pages = new PageContents(options.pages);
  const { made } = encoder;
  for await (const { lines, first } of textLines(chunks)) {
    for (const [i, line] of lines.entries()) {
      const beside = encoder.add(line, first + i);
      if (made.isFull || beside > 0) await sink.write(made.take());
      if (beside > 0) await pages.pass(beside, sink, first + i);
    }
  }
  encoder.end();
  await sink.write(made.take());
  await pages.end();
}

/** The file with the page contents, taken from its start to its end. */
class PageContents {
  private taken = 0;

  constructor(private readonly source: Source | undefined) {}

  /** Passes the next `length` bytes on, for the line of this number. */
  async pass(length: number, sink: Sink, number: number): Promise<void> {
    const { source } = this;
    if (source === undefined) {
      const message = "the page contents are not in the lines, and no file with them is given (--pages)";
      throw lineError(number, "/length", message, "usage");
    }
    for (let left = length; left > 0; ) {
      const wanted = Math.min(left, PAGES_READ);
      const bytes = await source.read(this.taken, wanted);
      this.taken += bytes.length;
      left -= bytes.length;
      if (bytes.length > 0) await sink.write(bytes);
      if (bytes.length === wanted) continue;
      const message = `the file with the page contents ends after ${this.taken} bytes, ${left} before this line is complete`;
      throw lineError(number, "/length", message, "truncated");
    }
  }

  /** Throws if something is left. */
  async end(): Promise<void> {
    if (this.source === undefined) return;
    if ((await this.source.read(this.taken, 1)).length === 0) return;
    const { size } = this.source;
    const more = size === undefined ? "more bytes" : `${size - this.taken} bytes more`;
    throw new CrimgError(
      "malformed",
      `the file with the page contents has ${more} than the ${this.taken} that the lines take`,
    );
  }
}
