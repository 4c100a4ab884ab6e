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
    if (this.from !== from) {
      this.from = from;
      this.searched = from;
    }
    while (window.holds(this.searched, span)) {
      const start = this.searched + 1;
      const bytes = window.slice(start, window.available(start));
      const found = this.marks.find(bytes);
      const isAtEnd = window.end !== undefined && start + bytes.length >= window.end;
      if (found < 0 && !isAtEnd) {
        this.searched = start + bytes.length - this.marks.reach;
        continue;
      }
      window.forgetPassing();
      if (found < 0) return undefined;
      this.nearEnd = start + found + LOOKAHEAD;
      return start + found;
    }
    // Small reads at first: most often what is looked for is near. Then as much as goes through the CPU's cache.
    if (this.searched < this.nearEnd) window.want(this.searched, span);
    else window.wantPassing(this.searched, SEARCH_READ);
    return window;
  }

  /** Where the present search began, and how far it has come. */
  private from = -1;
  private searched = 0;
  /** Up to here reads are small. */
  private nearEnd = LOOKAHEAD;
}

function rank(guess: Guess): number {
  if (guess.kind === "yes") return guess.sure ? 3 : 2;
  return guess.kind === "kin" ? 1 : 0;
}

/** As much as is needed of node's Buffer, which finds bytes thirty times faster than a Uint8Array does. */
interface NativeSearch {
  from(
    buffer: ArrayBufferLike,
    byteOffset: number,
    length: number,
  ): { indexOf(bytes: Uint8Array, from: number): number };
}
const native = (globalThis as { readonly Buffer?: NativeSearch }).Buffer;

/** A mark, by the bytes between the zeros that it may begin and end with: images are full of zeros. */
interface Key {
  readonly bytes: Uint8Array;
  /** How far behind the head's start they stand. */
  readonly at: number;
  readonly mark: Mark;
}

/** Searches bytes for the marks of all formats. */
export class MarkSearch {
  /** Bytes from a head's start that must be there to know it. */
  readonly reach: number;
  private readonly keys: readonly Key[];

  /** `buffers`: node's Buffer; null where there is none, or to do without. */
  constructor(
    marks: readonly Mark[],
    private readonly buffers: NativeSearch | null = native ?? null,
  ) {
    this.reach = Math.max(...marks.map(({ bytes, at }) => at + bytes.length));
    this.keys = marks.map(mark => {
      const { bytes, at } = mark;
      const first = bytes.findIndex(byte => byte !== 0);
      const last = bytes.findLastIndex(byte => byte !== 0);
      return { bytes: bytes.subarray(first, last + 1), at: at + first, mark };
    });
  }

  /** Index in `bytes` of the first head that has its mark there, all of it; -1 if there is none. */
  find(bytes: Uint8Array): number {
    let first = -1;
    for (const key of this.keys) {
      const head = this.headOf(key, bytes);
      if (head >= 0 && (first < 0 || head < first)) first = head;
    }
    return first;
  }

  private headOf({ bytes: key, at, mark }: Key, bytes: Uint8Array): number {
    const indexOf = this.searchOf(bytes);
    for (let found = indexOf(key, at); found >= 0; found = indexOf(key, found + 1)) {
      const head = found - at;
      if (mark.bytes.every((byte, i) => bytes[head + mark.at + i] === byte)) return head;
    }
    return -1;
  }

  private searchOf(bytes: Uint8Array): (key: Uint8Array, from: number) => number {
    if (this.buffers !== null) {
      const buffer = this.buffers.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return (key, from) => buffer.indexOf(key, from);
    }
    return (key, from) => {
      for (let at = bytes.indexOf(key[0]!, from); at >= 0; at = bytes.indexOf(key[0]!, at + 1))
        if (key.every((byte, i) => bytes[at + i] === byte)) return at;
      return -1;
    };
  }
}
