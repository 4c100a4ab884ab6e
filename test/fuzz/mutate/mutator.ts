import type { Random } from "../random.js";

/** One way to damage an image. What it cannot be applied to it gives back as it is. */
export type Mutator = (image: Uint8Array, random: Random) => Uint8Array;
