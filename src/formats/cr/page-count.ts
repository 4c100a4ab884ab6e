/** What a PGARR header says, and what is known of its VMA. */
export interface PageClaim {
  /** `nr_pages` as stored. */
  readonly stored: number;
  /** `nr_pages` of the VMA's chunk before; 0 in its first. */
  readonly before: number;
  /** Last address of the chunk before; -1 in the first. */
  readonly lastAddress: number;
  readonly vmaStart: number;
  readonly vmaEnd: number;
  readonly pageSize: number;
}

/** Page addresses that can be looked at. A million of them stand in each 4 GiB, so they are read where they are. */
export interface AddressesAtHand {
  readonly view: DataView;
  /** Where in the view the first one stands. */
  readonly base: number;
  readonly count: number;
  /** Bytes of each. */
  readonly word: number;
  readonly little: boolean;
}

/** How many pages follow, and how that was found. */
export interface PageCount {
  readonly count: number;
  /** `stored`: as the header says. `running-total`: what is new in it. `addresses`: it cannot be, the addresses tell. */
  readonly how: "stored" | "running-total" | "addresses";
  /** True if every address was looked at and is good. */
  readonly orderly: boolean;
}

/**
 * Settles how many pages follow a PGARR. Written by v6-v11, `nr_pages` is the running total of the VMA from its second
 * chunk on; written by v12 and later, or repaired, it is the chunk's own. The count is right whose addresses ascend
 * from the last chunk's, are page aligned and lie in the VMA; where damage leaves both wrong, the one after which the
 * next record stands (`followed`, which only sees as far as the walk looks ahead).
 */
export function settlePageCount(
  claim: PageClaim,
  addresses: AddressesAtHand,
  followed: (count: number) => boolean,
): PageCount {
  const { stored, before } = claim;
  const looked = Math.min(stored, addresses.count);
  const good = goodAddresses(claim, looked, addresses);
  const found = (count: number, how: PageCount["how"]): PageCount => ({ count, how, orderly: good >= count });
  if (good === looked) return found(stored, "stored");

  const fresh = stored - before;
  // Nothing new in the total: then no address can speak for it, only the next header.
  const mayBeTotal = before > 0 && (fresh > 0 || (fresh === 0 && followed(0)));
  const isTotal = mayBeTotal && good >= Math.min(fresh, looked);
  // An address that is damaged makes true counts look like totals, unless they are what leads to the next record.
  if (isTotal && (!followed(stored) || followed(fresh))) return found(fresh, "running-total");

  if (followed(stored)) return found(stored, "stored");
  if (mayBeTotal && followed(fresh)) return found(fresh, "running-total");
  if (followed(good)) return found(good, "addresses");
  const room = Math.max(0, (claim.vmaEnd - claim.vmaStart) / claim.pageSize);
  return stored > room ? found(good, "addresses") : found(stored, "stored");
}

/** How many of the first `looked` addresses ascend, are aligned and lie in the VMA. */
function goodAddresses(
  claim: PageClaim,
  looked: number,
  { view, base, word, little }: AddressesAtHand,
): number {
  const { vmaStart, vmaEnd } = claim;
  const inPage = claim.pageSize - 1;
  // A VMA whose own bounds are damaged says nothing about its pages.
  const [start, end] = vmaStart < vmaEnd ? [vmaStart, vmaEnd] : [0, Number.POSITIVE_INFINITY];
  let last = claim.lastAddress;
  for (let i = 0, at = base; i < looked; i++, at += word) {
    const address = view.getUint32(at, little);
    if (address <= last || address < start || address >= end || (address & inPage) !== 0) return i;
    last = address;
  }
  return looked;
}
