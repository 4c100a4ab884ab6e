import { AREAS_REMEMBERED } from "./limits.js";

const FIRST = 64;

/** The memory areas of a task, for addresses that come later. Three numbers each, up to a limit. */
export class AreaList {
  /** True if an area was not taken in: then `flagsAt` cannot say that there is none. */
  full = false;
  private count = 0;
  private starts = new Uint32Array(FIRST);
  private ends = new Uint32Array(FIRST);
  private flags = new Uint32Array(FIRST);

  /** Takes in `start` to `end`, exclusive; false if there is no more room. */
  add(start: number, end: number, flags: number): boolean {
    if (this.count === AREAS_REMEMBERED) {
      this.full = true;
      return false;
    }
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.flags[this.count++] = flags;
    return true;
  }

  /** vm_flags of the area that holds an address; undefined if none does. */
  flagsAt(address: number): number | undefined {
    // Of areas that overlap the later one counts, as at restart.
    for (let i = this.count - 1; i >= 0; i--) {
      if (address >= this.starts[i]! && address < this.ends[i]!) return this.flags[i];
    }
    return undefined;
  }

  clear(): void {
    this.count = 0;
    this.full = false;
  }

  private grow(): void {
    const larger = (from: Uint32Array) => {
      const to = new Uint32Array(2 * from.length);
      to.set(from);
      return to;
    };
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    this.flags = larger(this.flags);
  }
}
