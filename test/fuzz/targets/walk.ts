import { expect } from "vitest";
import { streamSource } from "../../../src/source/source.js";
import { pipeOf, streamOf } from "../../image/chunked.js";
import { collect, collectAsync, type Walked } from "../../image/collect.js";
import { expectSameWalk } from "../../image/same-walk.js";
import { expectTiling } from "../../image/tiling.js";
import { damagedImage } from "../mutate/damage.js";
import type { Target } from "../target.js";
import { anyChunk, anyPlace, placeOf } from "./place.js";
import { preadOf } from "./pread.js";

/** The walk does not depend on how bytes come. */
export const walkTarget: Target = {
  name: "walk",
  property: "chunked walk == whole walk == pread walk, and items tile the file",
  input: "image",
  make(random) {
    const input = damagedImage(random);
    const preview = random.once(3) ? { preview: random.pick([16, 4096, 100_000]) } : {};
    return { input, options: { ...anyPlace(input, random), ...preview, chunk: anyChunk(random) } };
  },
  async check({ input, options }, calls) {
    const { chunk = 321, preview = 0 } = options as { chunk?: number; preview?: number };
    const how = { ...placeOf(options), preview };
    const whole = calls.timed("walk", () => collect(input, how));
    expectTiles(whole, input, how);
    const pread = calls.timed("walk of a file", () => collect(preadOf(input), how));
    expectSameWalk(whole, pread, "pread");
    const pipe = calls.timed("walk of a pipe", () => collect(pipeOf(input, chunk), how));
    expectSameWalk(whole, pipe, `chunks of ${chunk}`);
    const stream = () => collectAsync(streamSource(streamOf(input, chunk)), how);
    expectSameWalk(whole, await calls.timedAsync("walk of a stream", stream), `a stream of ${chunk}`);
  },
};

function expectTiles(walked: Walked, input: Uint8Array, { at = 0, image }: { at?: number; image?: number }) {
  const { error, items } = walked;
  if (error !== undefined) {
    // That a file has fewer images shows only at its end.
    const codes = image === undefined ? ["not-an-image"] : ["not-an-image", "usage"];
    expect(codes).toContain(error.code);
    expect(items).toEqual([]);
    return;
  }
  if (image === undefined) return expectTiling(walked, input, at);
  const [first] = items;
  const last = items.at(-1)!;
  expect(items.every(item => item.kind !== "gap" && item.image.index === image)).toBe(true);
  expectTiling(walked, input.subarray(0, last.offset + last.length), first!.offset);
}
