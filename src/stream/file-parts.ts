import { CrimgError } from "../errors.js";
import type { Extent } from "../source/extent.js";
import type { SyncSource } from "../source/source.js";
import { walkSync } from "./items.js";
import type { StreamFormat } from "./stream-format.js";
import type { WalkOptions } from "./walk.js";

/** An image of a file, whole from head to tail, or bytes around images. The parts tile the file. */
export type FilePart = ImagePart | GapPart;

export interface ImagePart extends Extent {
  readonly kind: "image";
  /** 0 for the first image of the file. */
  readonly image: number;
  readonly dialect: string;
}

export interface GapPart extends Extent {
  readonly kind: "gap";
}

/**
 * Where the images of a file are, in order. Of a damaged one everything up to the next head belongs to it. Page contents
 * are not read. Throws `not-an-image` if there is none.
 */
export function* fileParts(
  source: SyncSource,
  formats: readonly StreamFormat[],
  onFinding?: WalkOptions["onFinding"],
): Generator<FilePart, void, void> {
  let current: ImagePart | undefined;
  for (const item of walkSync(source, formats, onFinding === undefined ? {} : { onFinding })) {
    const { offset, length } = item;
    if (item.kind !== "gap" && item.image.index === current?.image) {
      current = { ...current, length: offset + length - current.offset };
      continue;
    }
    if (current !== undefined) yield current;
    current = undefined;
    if (item.kind === "gap") yield { kind: "gap", offset, length };
    else {
      const { index, dialect } = item.image;
      current = { kind: "image", image: index, offset, length, dialect: dialect.name };
    }
  }
  if (current !== undefined) yield current;
}

/**
 * Bytes of a file that holds sound images and nothing else, so that others can stand behind them. Throws `malformed`
 * for the first thing that is wrong with one, and for bytes around them.
 */
export function soundLength(source: SyncSource, formats: readonly StreamFormat[]): number {
  let end = 0;
  const refuse: WalkOptions["onFinding"] = ({ message, offset, path }, isDamage) => {
    if (isDamage) throw new CrimgError("malformed", message, { offset, path });
  };
  for (const { kind, offset, length } of fileParts(source, formats, refuse)) {
    if (kind === "gap") {
      throw new CrimgError("malformed", `${length} bytes belong to no image; crimg split leaves them out`, {
        offset,
      });
    }
    end = offset + length;
  }
  return end;
}
