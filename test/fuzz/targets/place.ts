import { dialectNamed, dialects } from "../../../src/formats/cr/dialects.js";
import type { WalkOptions } from "../../../src/stream/walk.js";
import { anyItem } from "../mutate/places.js";
import type { Random } from "../random.js";
import type { CaseOptions } from "../target.js";

/** Which image to read and how: mostly the whole file, as its bytes say. */
export function anyPlace(image: Uint8Array, random: Random): CaseOptions {
  switch (random.below(20)) {
    case 0:
      return {
        at: random.once(2) ? random.below(image.length + 100) : (anyItem(image, random)?.offset ?? 0),
      };
    case 1:
      return { image: random.below(4) };
    case 2:
      return { dialect: random.pick(dialects).name };
    case 3:
      return { dialect: random.pick(dialects).name, image: random.below(2) };
    case 4:
      return { at: anyItem(image, random)?.offset ?? 0, dialect: random.pick(dialects).name };
    default:
      return {};
  }
}

/** The same as the library takes it. */
export function placeOf({ at, image, dialect }: CaseOptions): Pick<WalkOptions, "at" | "image" | "dialect"> {
  return {
    ...(at !== undefined && { at: at as number }),
    ...(image !== undefined && { image: image as number }),
    ...(dialect !== undefined && { dialect: dialectNamed(dialect as string) }),
  };
}

/** Bytes that a pipe gives at a time. */
export function anyChunk(random: Random): number {
  return random.pick([1, 2, 7, 8, 64, 321, 4096, 65_536, 1_000_000]);
}
