import { CrimgError } from "./errors.js";
import { formats } from "./formats/registry.js";
import { Image } from "./image.js";
import { type BlobLike, blobSource, bytesSource, type Source, streamSource } from "./source/source.js";
import type { WalkOptions } from "./stream/walk.js";

/** What an image can be opened from: a path, bytes in memory, a Blob or File, a stream of chunks, or a source of one's own. */
export type Input = string | URL | Uint8Array | ArrayBuffer | BlobLike | AsyncIterable<Uint8Array> | Source;

/**
 * Opens an image. Nothing is read before it is asked for, except that a path is opened. Throws `io` if the file cannot
 * be.
 */
export async function openImage(input: Input, options: WalkOptions = {}): Promise<Image> {
  return new Image(await sourceOf(input), options, formats);
}

async function sourceOf(input: Input): Promise<Source> {
  if (typeof input === "string" || input instanceof URL) {
    // Loaded only here, so that the library runs where there are no files.
    const { fileSource } = await import("./source/file-source.js");
    return fileSource(input);
  }
  if (input instanceof Uint8Array) return bytesSource(input);
  if (input instanceof ArrayBuffer) return bytesSource(new Uint8Array(input));
  if (typeof input !== "object" || input === null) {
    throw new CrimgError(
      "usage",
      `an image is opened from a path, bytes, a Blob or a stream, not from ${String(input)}`,
    );
  }
  if ("read" in input && "seekable" in input) return input;
  if (Symbol.asyncIterator in input) return streamSource(input);
  return blobSource(input);
}
