import { CrimgError } from "../errors.js";
import { type Asking, drive, driveSync } from "../source/drive.js";
import { askExtent, partsOf } from "../source/extent.js";
import type { Source, SyncSource } from "../source/source.js";
import { Window } from "../source/window.js";
import type { ImageStart, Item, RawItem } from "../stream/item.js";
import type { OpenedImage } from "../stream/items.js";
import type { StreamFormat } from "../stream/stream-format.js";
import { Walk, type WalkOptions } from "../stream/walk.js";
import { BYTES_A_LINE, PAGES_A_LINE, RECORD_A_LINE } from "./limits.js";
import type { PagesMode } from "./line.js";
import {
  headLine,
  imageLine,
  pagesBesideLine,
  pagesLine,
  rawLine,
  recordLine,
  stretchLine,
  unknownRecordLine,
} from "./line-text.js";

/** How to decode. */
export interface DecodeOptions {
  /**
   * Where page contents go. `inline`: into the lines, as base64. `file`: they are yielded as bytes, for a file of their
   * own. `none`: they are left out, and the lines alone do not make the image again. Default `inline`.
   */
  readonly pages?: PagesMode;
}

/** A line without its end; or, with `pages: "file"`, page contents. Bytes are good until the next part is asked for. */
export type DecodedPart = string | Uint8Array;

/**
 * An image as JSON Lines (schemas/image-line.schema.json), of which `encodeLines` makes the same bytes again, whatever
 * they are: damage is no obstacle, and is told to `WalkOptions.onFinding`. No line is longer than 1 MiB. The image must
 * be readable twice (a file, bytes, a Blob): else `usage`. Throws what the walk throws, too.
 */
export function decodeLines(
  { source, options: opened }: OpenedImage,
  formats: readonly StreamFormat[],
  options: DecodeOptions & WalkOptions = {},
): AsyncGenerator<DecodedPart, void, void> {
  return drive(source, decodedParts(source, formats, { ...opened, ...options }));
}

/** The same for an input that answers at once. */
export function decodeLinesSync(
  source: SyncSource,
  formats: readonly StreamFormat[],
  options: DecodeOptions & WalkOptions = {},
): Generator<DecodedPart, void, void> {
  return driveSync(source, decodedParts(source, formats, options));
}

/** The same, as work that asks for bytes. */
function* decodedParts(
  { size, seekable }: Source,
  formats: readonly StreamFormat[],
  options: DecodeOptions & WalkOptions,
): Asking<DecodedPart> {
  const { pages = "inline" } = options;
  const walk = new Walk(new Window(size), formats, options);
  // Of its own, since the walk goes on from where its window is.
  const contents = new Window(size);
  let hasHead = false;
  let image: ImageStart | undefined;
  for (let item = walk.next(); item !== undefined; item = walk.next()) {
    if (item instanceof Window) {
      yield item;
      continue;
    }
    if (!hasHead) {
      // Not earlier: if there is no image, that is what is wrong, and no line is to be seen.
      if (!seekable) {
        const why = "the walk is past page contents when their line is made";
        throw new CrimgError("usage", `decode needs an input that can be read twice: ${why}`);
      }
      yield headLine(pages);
      hasHead = true;
    }
    if (item.kind !== "gap" && item.image !== image) {
      image = item.image;
      yield imageLine(image);
    }
    const isLong = item.length > RECORD_A_LINE;
    if (item.kind === "record" && !isLong) yield recordLine(item);
    else if (item.kind === "raw" && item.block.extent) yield* pagesParts(item, pages, contents);
    else if (item.kind === "raw") yield rawLine(item);
    else if (item.kind === "unknown" && item.header !== undefined && !isLong) yield unknownRecordLine(item);
    else yield* stretchParts(item, contents);
  }
}

function* pagesParts(item: RawItem, pages: PagesMode, window: Window): Asking<DecodedPart> {
  if (pages !== "inline") yield pagesBesideLine(item);
  if (pages === "none") return;
  for (const extent of partsOf(item, PAGES_A_LINE)) {
    const bytes = yield* askExtent(window, extent);
    yield pages === "file" ? bytes : pagesLine(item, extent.offset - item.offset, bytes);
  }
}

/** What is no record, or too long to be one on a line, as bytes. */
function* stretchParts(item: Item, window: Window): Asking<DecodedPart> {
  for (const extent of partsOf(item, BYTES_A_LINE)) {
    yield stretchLine(item, extent.offset - item.offset, yield* askExtent(window, extent));
  }
}
