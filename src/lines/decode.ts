import { CrimgError } from "../errors.js";
import { type Extent, extentReader, partsOf, readExtent } from "../source/extent.js";
import type { Source, SyncSource } from "../source/source.js";
import type { GapItem, ImageStart, Item, RawItem, UnknownItem } from "../stream/item.js";
import { type OpenedImage, walkSync } from "../stream/items.js";
import type { StreamFormat } from "../stream/stream-format.js";
import type { WalkOptions } from "../stream/walk.js";
import { BYTES_A_LINE, PAGES_A_LINE } from "./limits.js";
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
export async function* decodeLines(
  image: OpenedImage,
  options: DecodeOptions & WalkOptions = {},
): AsyncGenerator<DecodedPart, void, void> {
  const { source } = image;
  const steps = stepsFor(source, options);
  for await (const item of image.items(options)) {
    for (const step of steps(item)) {
      yield typeof step === "string" ? step : step.become(await readExtent(source, step.extent));
    }
  }
}

/** The same for an input that answers at once. */
export function* decodeLinesSync(
  source: SyncSource,
  formats: readonly StreamFormat[],
  options: DecodeOptions & WalkOptions = {},
): Generator<DecodedPart, void, void> {
  const steps = stepsFor(source, options);
  const read = extentReader(source);
  for (const item of walkSync(source, formats, options)) {
    for (const step of steps(item)) {
      yield typeof step === "string" ? step : step.become(read(step.extent));
    }
  }
}

/** A line, or bytes that must be read before they become one. */
type Step = string | { readonly extent: Extent; become(bytes: Uint8Array): DecodedPart };

function stepsFor({ seekable }: Source, { pages = "inline" }: DecodeOptions): (item: Item) => Iterable<Step> {
  let isFirst = true;
  let image: ImageStart | undefined;
  return function* (item) {
    if (isFirst) {
      // Not earlier: if there is no image, that is what is wrong, and no line is to be seen.
      if (!seekable) {
        const why = "the walk is past page contents when their line is made";
        throw new CrimgError("usage", `decode needs an input that can be read twice: ${why}`);
      }
      yield headLine(pages);
      isFirst = false;
    }
    if (item.kind !== "gap" && item.image !== image) {
      image = item.image;
      yield imageLine(image);
    }
    yield* itemSteps(item, pages);
  };
}

function itemSteps(item: Item, pages: PagesMode): Iterable<Step> {
  switch (item.kind) {
    case "record":
      return [recordLine(item)];
    case "raw":
      return item.block.extent ? pagesSteps(item, pages) : [rawLine(item)];
    case "unknown":
      return item.header === undefined ? stretchSteps(item) : [unknownRecordLine(item)];
    case "gap":
      return stretchSteps(item);
  }
}

function* pagesSteps(item: RawItem, pages: PagesMode): Generator<Step, void, void> {
  if (pages !== "inline") yield pagesBesideLine(item);
  if (pages === "none") return;
  for (const extent of partsOf(item, PAGES_A_LINE)) {
    const done = extent.offset - item.offset;
    yield { extent, become: bytes => (pages === "file" ? bytes : pagesLine(item, done, bytes)) };
  }
}

function* stretchSteps(item: UnknownItem | GapItem): Generator<Step, void, void> {
  for (const extent of partsOf(item, BYTES_A_LINE)) {
    const done = extent.offset - item.offset;
    yield { extent, become: bytes => stretchLine(item, done, bytes) };
  }
}
