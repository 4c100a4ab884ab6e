import { dialectOfRev as dialectOf } from "./convert/target.js";
import { formats } from "./formats/registry.js";
import * as decoding from "./lines/decode.js";
import * as encoding from "./lines/encode.js";
import type { Sink } from "./source/sink.js";
import type { Dialect } from "./stream/dialect.js";
import type { OpenedImage } from "./stream/items.js";
import type { WalkOptions } from "./stream/walk.js";

/** What stands beside `openImage`, with every format that crimg knows. */

/** The latest dialect with this number in its head; `usage` if there is none. */
export function dialectOfRev(rev: number): Dialect {
  return dialectOf(rev, formats);
}

/**
 * An image as JSON Lines (schemas/image-line.schema.json), of which `encodeLines` makes the same bytes again, whatever
 * they are. The image must be readable twice (a file, bytes, a Blob): else `usage`. Throws what `Image.items` throws.
 */
export function decodeLines(image: OpenedImage, options?: decoding.DecodeOptions & WalkOptions) {
  return decoding.decodeLines(image, formats, options);
}

/**
 * Writes the image that lines stand for; they may come in pieces of any size. Throws `malformed` and `out-of-range`,
 * with the line and the JSON pointer, for a line that is not as its schema says, `truncated` if page contents are
 * missing, `usage` if they are needed and not given.
 */
export function encodeLines(chunks: encoding.LineChunks, options: encoding.EncodeOptions, sink: Sink) {
  return encoding.encodeLines(chunks, formats, options, sink);
}
