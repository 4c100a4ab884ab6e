import type { Abi } from "../codec/abi.js";
import type { Dialect } from "./dialect.js";

/** How the heads of a format are found, and told apart. */
export interface Probe {
  /** Bytes that every head has, one entry for each byte order; `at` is how far behind the head's start they stand. */
  readonly marks: readonly Mark[];
  /**
   * Bytes from a head's start: `head` of them say whether one begins here, `usual` nearly always of which dialect, `most`
   * always, as far as the format tells at all.
   */
  readonly spans: { readonly head: number; readonly usual: number; readonly most: number };
  /** Says what begins at the start of `bytes`. With fewer than `spans.most` bytes it may be unsure, never wrong. */
  look(bytes: Uint8Array): Guess;
}

export interface Mark {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** What the start of some bytes looks like to a format. */
export type Guess =
  /** A head of this dialect. `sure` is false where the bytes that tell the dialect are damaged or missing. */
  | {
      readonly kind: "yes";
      readonly dialect: Dialect;
      readonly abi: Abi;
      readonly why: string;
      readonly sure: boolean;
    }
  /** A head of its family, but of nothing that crimg reads; `why` names it. */
  | { readonly kind: "kin"; readonly why: string }
  /** No head of this format. */
  | { readonly kind: "no"; readonly why: string };
