import type { Ask, Settle, Settled, Settling } from "../../codec/grammar.js";
import { rule } from "../../finding.js";
import { wrongCount } from "../../stream/track.js";
import { pageAddress } from "./records.js";

export const runningTotal = rule("running-total", {
  group: "structure",
  severity: "warning",
  title: "nr_pages is the running total of the VMA",
  why: "The kernels up to v11 wrote it so, and none can restart it: they expect that many pages again.",
  source: "cr_write_private_vma_contents (ckpt_mem.c v6-v11)",
});

/** Page addresses looked at before a count is believed; the kernels wrote at most 4096 a chunk. */
const ADDRESSES_CHECKED = 32 * 1024;

/**
 * Settles how many pages follow a PGARR. Written by v6-v11, `nr_pages` is the running total of the VMA from its second
 * chunk on; written by v12 and later, or repaired, it is the chunk's own. The count is right whose addresses ascend
 * from the last chunk's, are page aligned and lie in the VMA; where damage leaves both wrong, the one after which the
 * next record stands (which is only looked for as far as the walk looks ahead).
 */
export const pageCount: Settle = { begin: () => new PageCounts() };

const nothing: Settled = { counts: [] };

type Fields = Readonly<Record<string, unknown>>;

/** What the count of a VMA's next chunk depends on. */
class PageCounts implements Settling {
  private vma: Fields | undefined;
  /** `nr_pages` of the VMA's chunk before; 0 in its first. */
  private before = 0;
  /** Last address of the chunk before; -1 in the first. */
  private lastAddress = -1;

  counts(ask: Ask): Settled | number {
    const stored = storedIn(ask);
    if (stored === 0) return nothing;
    const word = pageAddress.size;
    const { page } = ask.abi;
    const wanted = Math.min(stored, ADDRESSES_CHECKED) * word;
    if (!ask.holds(wanted)) return wanted;

    const isFirst = ask.latest("VMA") !== this.vma;
    const before = isFirst ? 0 : this.before;
    const looked = Math.min(stored, Math.floor(Math.min(ask.available, wanted) / word));
    const good = goodAddresses(ask, looked, isFirst ? -1 : this.lastAddress);
    // What follows a chunk is looked at only if its addresses leave the count open, and the chunk is small.
    const reach = Math.min(stored * (word + page) + ask.headerSize, ask.reach);
    let need = 0;
    const followed = (count: number) => {
      const end = count * (word + page) + ask.headerSize;
      if (end > reach) return false;
      if (!ask.holds(end)) need = Math.max(need, end);
      return ask.followedBy(end - ask.headerSize, [ask.record]);
    };
    const settled = settle(ask, { stored, before, looked, good }, followed);
    return need > 0 ? need : settled;
  }

  took({ counts: [count = 0] }: Settled, ask: Ask): void {
    const vma = ask.latest("VMA");
    if (vma !== this.vma) this.lastAddress = -1;
    this.vma = vma;
    this.before = storedIn(ask);
    const last = (count - 1) * pageAddress.size;
    if (this.before === 0 || count === 0 || ask.available - last < pageAddress.size) return;
    this.lastAddress = ask.view.getUint32(ask.viewAt + last, ask.abi.order === "little");
  }
}

interface Claim {
  /** `nr_pages` as stored. */
  readonly stored: number;
  readonly before: number;
  /** Addresses that were looked at, and how many of the first of them are good. */
  readonly looked: number;
  readonly good: number;
}

function settle(ask: Ask, claim: Claim, followed: (count: number) => boolean): Settled {
  const { stored, before, looked, good } = claim;
  const asStored = (): Settled => ({ counts: [stored, stored], orderly: good >= stored });
  const asTotal = (count: number): Settled => {
    const message = `nr_pages ${stored} is the running total of the VMA (v6-v11): ${count} pages follow`;
    const hint = "crimg convert --repair=chunks";
    const remark = { rule: runningTotal, message, isDamage: false, hint };
    return { counts: [count, count], orderly: good >= count, remark };
  };
  const asGood = (): Settled => {
    const told = ask.latest(ask.record)?.["nr_pages"];
    const message = `nr_pages is ${told}, but addresses of only ${good} follow`;
    return { counts: [good, good], orderly: true, remark: { rule: wrongCount, message, isDamage: true } };
  };
  if (good === looked) return asStored();

  const fresh = stored - before;
  // Nothing new in the total: then no address can speak for it, only the next header.
  const mayBeTotal = before > 0 && (fresh > 0 || (fresh === 0 && followed(0)));
  const isTotal = mayBeTotal && good >= Math.min(fresh, looked);
  // An address that is damaged makes true counts look like totals, unless they are what leads to the next record.
  if (isTotal && (!followed(stored) || followed(fresh))) return asTotal(fresh);

  if (followed(stored)) return asStored();
  if (mayBeTotal && followed(fresh)) return asTotal(fresh);
  if (followed(good)) return asGood();
  const [start, end] = boundsOf(ask);
  const room = Math.max(0, (end - start) / ask.abi.page);
  return stored > room ? asGood() : asStored();
}

function storedIn(ask: Ask): number {
  return Math.max(0, Number(ask.latest(ask.record)?.["nr_pages"] ?? 0));
}

function boundsOf(ask: Ask): readonly [start: number, end: number] {
  const vma = ask.latest("VMA");
  return [Number(vma?.["vm_start"] ?? 0), Number(vma?.["vm_end"] ?? 0)];
}

/** How many of the first `looked` addresses ascend, are aligned and lie in the VMA. */
function goodAddresses(ask: Ask, looked: number, lastAddress: number): number {
  const { view, viewAt, abi } = ask;
  const little = abi.order === "little";
  const inPage = abi.page - 1;
  const [vmaStart, vmaEnd] = boundsOf(ask);
  // A VMA whose own bounds are damaged says nothing about its pages.
  const [start, end] = vmaStart < vmaEnd ? [vmaStart, vmaEnd] : [0, Number.POSITIVE_INFINITY];
  let last = lastAddress;
  for (let i = 0, at = viewAt; i < looked; i++, at += pageAddress.size) {
    const address = view.getUint32(at, little);
    if (address <= last || address < start || address >= end || (address & inPage) !== 0) return i;
    last = address;
  }
  return looked;
}
