import { CrimgError } from "../errors.js";
import type { Source, SyncSource } from "./source.js";
import type { Window } from "./window.js";

/** A stretch of the source, in bytes. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** The extent in parts of at most `most` bytes. */
export function* partsOf({ offset, length }: Extent, most: number): Generator<Extent, void, void> {
  for (let done = 0; done < length; done += most) {
    yield { offset: offset + done, length: Math.min(most, length - done) };
  }
}

/** Fills `target` from `offset` on. Throws `truncated` if the input ends before. */
export function fill(source: SyncSource, offset: number, target: Uint8Array): void {
  if (source.readInto !== undefined) {
    whole(target.subarray(0, source.readInto(offset, target)), { offset, length: target.length });
  } else target.set(whole(source.read(offset, target.length), { offset, length: target.length }));
}

/** Reads extents. What it gives is good until the next one is read. Throws `truncated` if the input ends before. */
export function extentReader(source: SyncSource): (extent: Extent) => Uint8Array {
  let buffer = new Uint8Array(0);
  return ({ offset, length }) => {
    if (buffer.length < length) buffer = new Uint8Array(length);
    const target = buffer.subarray(0, length);
    fill(source, offset, target);
    return target;
  };
}

/** Reads an extent of any source. Throws `truncated` if the input ends before. */
export async function readExtent(source: Source, extent: Extent): Promise<Uint8Array> {
  return whole(await source.read(extent.offset, extent.length), extent);
}

/**
 * Asks for an extent, as work that asks for bytes does: by a window that nothing else is asked for by. What it returns is
 * good until the next is asked for. Throws `truncated` if the input ends before.
 */
export function* askExtent(window: Window, extent: Extent): Generator<Window, Uint8Array, void> {
  const { offset, length } = extent;
  window.wantPassing(offset, length);
  yield window;
  return whole(window.slice(offset, Math.min(length, window.available(offset))), extent);
}

function whole(bytes: Uint8Array, { offset, length }: Extent): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new CrimgError("truncated", "the input has become shorter while it was read", {
    offset: offset + bytes.length,
  });
}
