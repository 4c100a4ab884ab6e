import type { Window } from "../source/window.js";
import { LOOKAHEAD, SEARCH_READ } from "./limits.js";
import type { Guess, Mark, Probe } from "./probe.js";
import type { Heads, StreamFormat } from "./stream-format.js";

/** What a place looks like, to the format that is surest of it. */
export interface Found {
  readonly format: StreamFormat;
  readonly guess: Guess;
}

/** Looks for heads of images, of all formats at once. Does no I/O: what lacks bytes asks the window for them. */
export class HeadSearch implements Heads {
  readonly span: number;
  private readonly marks: MarkSearch;

  constructor(
    private readonly window: Window,
    private readonly formats: readonly StreamFormat[],
  ) {
    const probes = formats.map(({ probe }) => probe);
    this.span = Math.max(...probes.map(({ spans }) => spans.head));
    this.marks = new MarkSearch(probes.flatMap(({ marks }) => marks));
  }

  /** What begins at `at`; the window if it lacks bytes that could tell. */
  look(at: number): Found | Window {
    const usual = this.ask(at, ({ spans }) => spans.usual);
    if ("want" in usual || usual.guess.kind !== "yes" || usual.guess.sure) return usual;
    return this.ask(at, ({ spans }) => spans.most, [usual.format]);
  }

  isHead(at: number): boolean {
    const found = this.ask(at, () => this.span);
    return !("want" in found) && found.guess.kind === "yes";
  }

  /** What the given bytes look like, whole files of a few bytes included. */
  guess(bytes: Uint8Array, formats = this.formats): Found {
    const found = formats.map(format => ({ format, guess: format.probe.look(bytes) }));
    return found.reduce((best, other) => (rank(other.guess) > rank(best.guess) ? other : best));
  }

  private ask(
    at: number,
    spanOf: (probe: Probe) => number,
    formats: readonly StreamFormat[] = this.formats,
  ): Found | Window {
    const { window } = this;
    const span = Math.max(...formats.map(({ probe }) => spanOf(probe)));
    if (!window.holds(at, span)) {
      window.want(at, span);
      return window;
    }
    return this.guess(window.slice(at, Math.min(span, window.available(at))), formats);
  }

  next(from: number): number | Window | undefined {
    const { window, span } = this;
    if (!window.holds(from, span)) {
      // Small reads at first: most often what is looked for is near. Then as much as the disk gives at once.
      window.want(from, from < this.nearEnd ? span : SEARCH_READ);
      return window;
    }
    const start = from + 1;
    const bytes = window.slice(start, window.available(start));
    const found = this.marks.find(bytes);
    if (found >= 0) {
      this.nearEnd = start + found + LOOKAHEAD;
      return start + found;
    }
    if (window.end !== undefined && start + bytes.length >= window.end) return undefined;
    return start + bytes.length - this.marks.reach;
  }

  /** Up to here reads are small. */
  private nearEnd = LOOKAHEAD;
}

function rank(guess: Guess): number {
  if (guess.kind === "yes") return guess.sure ? 3 : 2;
  return guess.kind === "kin" ? 1 : 0;
}

/**
 * Searches bytes for several marks at once (Horspool's way: the byte at the end of where a mark would be says how far it
 * is safe to jump). Marks that begin or end with zeros are searched by what lies between: images are full of zeros.
 */
export class MarkSearch {
  /** Bytes from a head's start that must be there to know it. */
  readonly reach: number;
  private readonly keys: readonly { readonly bytes: Uint8Array; readonly mark: Mark; readonly at: number }[];
  /** Length of the shortest key: what is compared at once. */
  private readonly length: number;
  private readonly jumps: Uint8Array;

  constructor(marks: readonly Mark[]) {
    this.keys = marks.map(mark => {
      const { bytes, at } = mark;
      const first = bytes.findIndex(byte => byte !== 0);
      const last = bytes.findLastIndex(byte => byte !== 0);
      return { bytes: bytes.subarray(first, last + 1), mark, at: at + first };
    });
    this.reach = Math.max(...marks.map(({ bytes, at }) => at + bytes.length));
    this.length = Math.min(...this.keys.map(({ bytes }) => bytes.length), 255);
    this.jumps = new Uint8Array(256).fill(this.length);
    for (const { bytes } of this.keys) {
      for (let i = 0; i < this.length; i++) {
        const jump = this.length - 1 - i;
        const byte = bytes[i]!;
        if (jump < this.jumps[byte]!) this.jumps[byte] = jump;
      }
    }
  }

  /** Index in `bytes` of the first head that has its mark there, all of it; -1 if there is none. */
  find(bytes: Uint8Array): number {
    const { jumps, length } = this;
    const end = bytes.length;
    for (let at = length - 1; at < end; ) {
      const jump = jumps[bytes[at]!]!;
      if (jump !== 0) {
        at += jump;
        continue;
      }
      const found = this.headAt(bytes, at - length + 1);
      if (found >= 0) return found;
      at++;
    }
    return -1;
  }

  /** Where the head begins whose key stands at `at`; -1 if none does. */
  private headAt(bytes: Uint8Array, at: number): number {
    for (const key of this.keys) {
      const head = at - key.at;
      const from = head + key.mark.at;
      if (head < 0 || from + key.mark.bytes.length > bytes.length) continue;
      if (key.mark.bytes.every((byte, i) => bytes[from + i] === byte)) return head;
    }
    return -1;
  }
}
