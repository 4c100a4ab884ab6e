import { pipeOf } from "./chunked.js";
import { collect, type Walked } from "./collect.js";
import { expectSameWalk } from "./same-walk.js";
import { expectTilingOrNoImage } from "./tiling.js";

/**
 * What holds for any bytes whatever: the walk ends, throws nothing but that they are no image, tiles them with a
 * bounded number of items, and says the same of a pipe that gives them 321 at a time.
 */
export function expectSoundWalk(input: Uint8Array, context: string): Walked {
  const whole = collect(input);
  expectTilingOrNoImage(whole, input, context);
  expectSameWalk(whole, collect(pipeOf(input)), context);
  return whole;
}
