import { seeded } from "../image/seeded.js";

/** Choices that follow from a seed, and from nothing else. */
export interface Random {
  /** A whole number from 0 on, below `limit`. */
  below(limit: number): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** From 0 on, below 1. */
  fraction(): number;
  /** True once in so many times. */
  once(times: number): boolean;
  pick<T>(list: readonly T[]): T;
  bytes(length: number): Uint8Array;
}

/** The choices of a seed, which is a text: `7/walk/12`. */
export function randomOf(seed: string): Random {
  const below = seeded(hashOf(seed));
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    fraction: () => below(2 ** 30) / 2 ** 30,
    once: times => below(times) === 0,
    pick: list => list[below(list.length)]!,
    bytes: length => Uint8Array.from({ length }, () => below(256)),
  };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
