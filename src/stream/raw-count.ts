import type { Abi } from "../codec/abi.js";
import {
  type Ask,
  type RawBlock,
  type Settle,
  type Settled,
  type Settling,
  strideOf,
} from "../codec/grammar.js";
import type { Window } from "../source/window.js";
import type { RecordSpec } from "./dialect.js";
import type { Fields, ImageStart } from "./item.js";
import { LOOKAHEAD } from "./limits.js";
import type { Scope } from "./scope.js";

/** Of a record that no bytes follow, as most are. */
export const nothingFollows: Settled = { counts: [] };

/** The count that the record announces. */
export function announcedCount(block: RawBlock, scope: Scope): number {
  if (block.when !== undefined && !scope.holds(block.when)) return 0;
  return Math.max(0, scope.amount(block.count));
}

/** Tells how many elements each raw block of a record has, for the records of one image. */
export class BlockCounter implements Ask {
  private readonly settling = new Map<Settle, Settling>();
  /**
   * The last search that found no record to follow: where it began, and up to where it looked. An image can be nothing but
   * records that want one, so what lies between is not searched again.
   */
  private searchedFrom = 0;
  private searchedTo = 0;

  /** What is asked about: see `Ask`. One for all records, of which there are millions. */
  record = "";
  at = 0;
  readonly reach = LOOKAHEAD;
  readonly headerSize: number;

  constructor(
    private readonly window: Window,
    private readonly image: ImageStart,
    private readonly scope: Scope,
    private readonly recordAt: (at: number, names?: readonly string[]) => boolean,
  ) {
    this.headerSize = image.dialect.framing.header.size;
  }

  /**
   * The true count of each raw block behind a record, whose payload ends at `at`: what the record announces where the
   * bytes agree or no other count is known, else what the bytes show. A number instead says how many bytes from `at` on
   * must be at hand to tell.
   */
  counts(spec: RecordSpec, at: number): Settled | number {
    const { settle } = spec.raw[0]!;
    if (settle !== undefined) {
      this.record = spec.name;
      this.at = at;
      return this.settlingOf(settle).counts(this);
    }
    const counts: number[] = [];
    let end = at;
    for (const block of spec.raw) {
      const { need, count } = this.count(block, end, spec.followers);
      if (need > 0) return need + end - at;
      counts.push(count);
      end += count * this.scope.amount(strideOf(block, this.image.abi));
    }
    return { counts };
  }

  /** To be told when a record was taken whose blocks the format settles: the one that was asked about last. */
  took(spec: RecordSpec, settled: Settled): void {
    this.settlingOf(spec.raw[0]!.settle!).took(settled, this);
  }

  get abi(): Abi {
    return this.image.abi;
  }

  get available(): number {
    return this.window.available(this.at);
  }

  get view(): DataView {
    return this.window.view;
  }

  get viewAt(): number {
    return this.at - this.window.start;
  }

  holds(length: number): boolean {
    return this.window.holds(this.at, length);
  }

  latest(record: string): Fields | undefined {
    return this.scope.get(record);
  }

  followedBy(distance: number, names: readonly string[]): boolean {
    return this.recordAt(this.at + distance, names);
  }

  private settlingOf(settle: Settle): Settling {
    let settling = this.settling.get(settle);
    if (settling === undefined) {
      settling = settle.begin();
      this.settling.set(settle, settling);
    }
    return settling;
  }

  private count(
    block: RawBlock,
    at: number,
    followers: readonly string[],
  ): { readonly need: number; readonly count: number } {
    const { window, scope, headerSize, recordAt } = this;
    const announced = announcedCount(block, scope);
    const stride = scope.amount(strideOf(block, this.image.abi));
    if (block.otherwise === undefined) return { need: 0, count: announced };
    // One byte range decides, so that files and pipes are read alike: all counts that end within the lookahead.
    const tried = [
      announced,
      ...(block.otherwise === "search" ? [] : block.otherwise.map(other => scope.amount(other))),
    ];
    for (const count of tried) {
      const end = count * stride + headerSize;
      if (end > LOOKAHEAD) continue;
      if (!window.holds(at, end)) return { need: end, count: 0 };
      if (recordAt(at + end - headerSize, followers)) return { need: 0, count };
    }
    if (block.otherwise === "search" && (at <= this.searchedFrom || at >= this.searchedTo)) {
      if (!window.holds(at, LOOKAHEAD)) return { need: LOOKAHEAD, count: 0 };
      const most = Math.min(LOOKAHEAD, window.available(at));
      for (let count = 0; count * stride + headerSize <= most; count++) {
        if (recordAt(at + count * stride, followers)) return { need: 0, count };
      }
      this.searchedFrom = at;
      this.searchedTo = at + most;
    }
    return { need: 0, count: announced };
  }
}
