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

/** How many pages follow, and how that was found. */
export interface PageCount {
  readonly count: number;
  /** `stored`: as the header says. `running-total`: what is new in it. `addresses`: it cannot be, the addresses tell. */
  readonly how: "stored" | "running-total" | "addresses";
}

/**
 * Settles how many pages follow a PGARR. Written by v6-v11, `nr_pages` is the running total of the VMA from its second
 * chunk on; written by v12 and later, or repaired, it is the chunk's own. The count is right whose addresses ascend
 * from the last chunk's, are page aligned and lie in the VMA; where damage leaves both wrong, the one after which the
 * next record stands (`followed`, which only sees as far as the walk looks ahead).
 *
 * `addressAt(i)` reads the i-th of the `atHand` addresses that can be looked at.
 */
export function settlePageCount(
  claim: PageClaim,
  atHand: number,
  addressAt: (i: number) => number,
  followed: (count: number) => boolean,
): PageCount {
  const { stored, before } = claim;
  const looked = Math.min(stored, atHand);
  const good = goodAddresses(claim, looked, addressAt);
  if (good === looked) return { count: stored, how: "stored" };

  const fresh = stored - before;
  // Nothing new in the total: then no address can speak for it, only the next header.
  const mayBeTotal = before > 0 && (fresh > 0 || (fresh === 0 && followed(0)));
  if (mayBeTotal && good >= Math.min(fresh, looked)) return { count: fresh, how: "running-total" };

  if (followed(stored)) return { count: stored, how: "stored" };
  if (mayBeTotal && followed(fresh)) return { count: fresh, how: "running-total" };
  if (followed(good)) return { count: good, how: "addresses" };
  const room = Math.max(0, (claim.vmaEnd - claim.vmaStart) / claim.pageSize);
  return stored > room ? { count: good, how: "addresses" } : { count: stored, how: "stored" };
}

function goodAddresses(claim: PageClaim, looked: number, addressAt: (i: number) => number): number {
  const { pageSize, vmaStart, vmaEnd } = claim;
  // A VMA whose own bounds are damaged says nothing about its pages.
  const bounded = vmaStart < vmaEnd;
  let last = claim.lastAddress;
  for (let i = 0; i < looked; i++) {
    const address = addressAt(i);
    if (address % pageSize !== 0 || address <= last) return i;
    if (bounded && (address < vmaStart || address >= vmaEnd)) return i;
    last = address;
  }
  return looked;
}
