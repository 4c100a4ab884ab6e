/** Address ranges that are mapped, for asking whether a page is. Two numbers each, in order, never touching. */
export class MappedAreas {
  private starts: number[] = [];
  private ends: number[] = [];
  /** The last answer's range: pages come in order. */
  private current = 0;

  clear(): void {
    this.starts = [];
    this.ends = [];
  }

  /** Adds [start, end). VMAs ascend, so nearly always this is a push, or makes the last range longer. */
  add(start: number, end: number): void {
    const { starts, ends } = this;
    const last = starts.length - 1;
    if (last < 0 || start > ends[last]!) {
      starts.push(start);
      ends.push(end);
    } else if (start >= starts[last]!) ends[last] = Math.max(ends[last]!, end);
    else this.insert(start, end);
  }

  private insert(start: number, end: number): void {
    const { starts, ends } = this;
    let from = starts.length;
    while (from > 0 && ends[from - 1]! >= start) from--;
    let to = from;
    while (to < starts.length && starts[to]! <= end) to++;
    const first = from < to ? Math.min(start, starts[from]!) : start;
    const last = from < to ? Math.max(end, ends[to - 1]!) : end;
    starts.splice(from, to - from, first);
    ends.splice(from, to - from, last);
  }

  /** How many page addresses from the first on are mapped; the count ends at one that is not. */
  countMapped(addresses: Uint8Array): number {
    const view = new DataView(addresses.buffer, addresses.byteOffset, addresses.byteLength);
    const count = addresses.byteLength >>> 2;
    let from = 1;
    let to = 0;
    for (let i = 0; i < count; i++) {
      const address = view.getUint32(4 * i, true);
      if (address >= from && address < to) continue;
      if (!this.has(address)) return i;
      from = this.starts[this.current]!;
      to = this.ends[this.current]!;
    }
    return count;
  }

  private has(address: number): boolean {
    const { starts, ends, current } = this;
    if (address >= starts[current]! && address < ends[current]!) return true;
    for (let low = 0, high = starts.length - 1; low <= high; ) {
      const middle = (low + high) >>> 1;
      if (address < starts[middle]!) high = middle - 1;
      else if (address >= ends[middle]!) low = middle + 1;
      else {
        this.current = middle;
        return true;
      }
    }
    return false;
  }
}
