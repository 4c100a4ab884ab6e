import fc from "fast-check";
import { dialects } from "../../src/formats/cr/dialects.js";
import type { Dialect } from "../../src/stream/dialect.js";
import { build } from "../convert/build.js";
import { anyModel } from "../convert/model.js";
import { samples } from "../image/samples.js";
import type { Random } from "./random.js";

const sampleImages = samples.map(({ bytes }) => bytes);
// The large ones only cost time: what they have more of is pages.
const smallImages = sampleImages.filter(({ length }) => length < 50_000);

/** A sound image to be damaged: a real one, or a generated one, which has more of everything that is rare. */
export function anyImage(random: Random): Uint8Array {
  if (random.once(3)) return generated(random, random.pick(dialects));
  return random.pick(random.once(8) ? sampleImages : smallImages);
}

/** An image of a checkpoint that the model makes up. */
export function generated(random: Random, dialect: Dialect): Uint8Array {
  const maxTasks = dialect.byName("TREE") === undefined ? 1 : random.pick([1, 3, 3]);
  const [model] = fc.sample(anyModel({ maxTasks, deleted: true }), {
    seed: random.below(2 ** 31),
    numRuns: 1,
  });
  return build(model!, dialect);
}
