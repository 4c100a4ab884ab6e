import type { RawBlock } from "../codec/grammar.js";
import { type PageCount, settlePageCount } from "../formats/cr/page-count.js";
import { header } from "../formats/cr/records.js";
import { ADDRESSES_CHECKED, LOOKAHEAD } from "../source/limits.js";
import type { Window } from "../source/window.js";
import type { Dialect, RecordSpec } from "./dialect.js";
import type { Scope } from "./scope.js";

/** How many elements each raw block of a record has. */
export interface RawCounts extends Pick<PageCount, "how" | "orderly"> {
  readonly counts: readonly number[];
}
/** A record that no bytes follow, as most are. */
export const nothingFollows: RawCounts = { counts: [], how: "stored", orderly: false };

/** What the count of a VMA's next chunk depends on. */
export interface ChunkState {
  /** `nr_pages` of the chunk before; 0 in the first. */
  stored: number;
  /** Last address of the chunk before; -1 in the first. */
  lastAddress: number;
}

/**
 * The last search that found no record to follow: where it began, and up to where it looked. An image can be nothing but
 * records that want one, so what lies between is not searched again.
 */
export interface SearchState {
  from: number;
  to: number;
}

/** Everything that can be asked when a count is settled. */
export interface CountContext {
  readonly window: Window;
  readonly dialect: Dialect;
  readonly scope: Scope;
  readonly chunk: ChunkState;
  readonly search: SearchState;
  /** True if a record of one of these names stands at `at`, as far as its header tells. */
  recordAt(at: number, names: readonly string[]): boolean;
}

/** The count that the record announces. */
export function announcedCount(block: RawBlock, scope: Scope): number {
  if (block.when !== undefined && !scope.holds(block.when)) return 0;
  return Math.max(0, scope.amount(block.count));
}

/**
 * The true count of each raw block behind a record, whose payload ends at `at`: what the record announces where the
 * bytes agree or no other count is known, else what the bytes show. A number instead says how many bytes from `at` on
 * must be at hand to tell.
 */
export function rawCounts(spec: RecordSpec, at: number, context: CountContext): RawCounts | number {
  if (spec.raw[0]?.settle === "page-count") return pageCounts(spec, at, context);
  const counts: number[] = [];
  let end = at;
  for (const block of spec.raw) {
    const settled = settle(block, end, spec.followers, context);
    if (settled.need > 0) return settled.need + end - at;
    counts.push(settled.count);
    end += settled.count * context.scope.amount(block.stride);
  }
  return { ...nothingFollows, counts };
}

function settle(
  block: RawBlock,
  at: number,
  followers: readonly string[],
  { window, scope, search, recordAt }: CountContext,
): { need: number; count: number } {
  const announced = announcedCount(block, scope);
  const stride = scope.amount(block.stride);
  if (block.otherwise === undefined) return { need: 0, count: announced };
  // One byte range decides, so that files and pipes are read alike: all counts that end within the lookahead.
  const tried = [
    announced,
    ...(block.otherwise === "search" ? [] : block.otherwise.map(other => scope.amount(other))),
  ];
  for (const count of tried) {
    const end = count * stride + header.size;
    if (end > LOOKAHEAD) continue;
    if (!window.holds(at, end)) return { need: end, count: 0 };
    if (recordAt(at + end - header.size, followers)) return { need: 0, count };
  }
  if (block.otherwise === "search" && (at <= search.from || at >= search.to)) {
    if (!window.holds(at, LOOKAHEAD)) return { need: LOOKAHEAD, count: 0 };
    const most = Math.min(LOOKAHEAD, window.available(at));
    for (let count = 0; count * stride + header.size <= most; count++) {
      if (recordAt(at + count * stride, followers)) return { need: 0, count };
    }
    search.from = at;
    search.to = at + most;
  }
  return { need: 0, count: announced };
}

function pageCounts(
  spec: RecordSpec,
  at: number,
  { window, dialect, scope, chunk, recordAt }: CountContext,
): RawCounts | number {
  const [addresses, pages] = spec.raw as [RawBlock, RawBlock];
  const stored = announcedCount(addresses, scope);
  if (stored === 0) return nothingFollows;
  const word = scope.amount(addresses.stride);
  const pageSize = scope.amount(pages.stride);
  const wanted = Math.min(stored, ADDRESSES_CHECKED) * word;
  if (!window.holds(at, wanted)) return wanted;

  const vma = scope.get("VMA");
  const little = dialect.order === "little";
  const base = at - window.start;
  const { view } = window;
  // What follows a chunk is looked at only if its addresses leave the count open, and the chunk is small.
  const reach = Math.min(stored * (word + pageSize) + header.size, LOOKAHEAD);
  let need = 0;
  const { count, how, orderly } = settlePageCount(
    {
      stored,
      before: chunk.stored,
      lastAddress: chunk.lastAddress,
      vmaStart: Number(vma?.["vm_start"] ?? 0),
      vmaEnd: Number(vma?.["vm_end"] ?? 0),
      pageSize,
    },
    { view, base, count: Math.floor(Math.min(window.available(at), wanted) / word), word, little },
    n => {
      const end = n * (word + pageSize) + header.size;
      if (end > reach) return false;
      if (!window.holds(at, end)) need = Math.max(need, end);
      return recordAt(at + end - header.size, [spec.name]);
    },
  );
  return need > 0 ? need : { counts: [count, count], how, orderly };
}
