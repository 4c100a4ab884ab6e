import { CrimgError } from "../errors.js";
import type { Source } from "../source/source.js";
import type { Fact } from "./fact.js";

/** How to read memory. */
export interface ReadOptions {
  /**
   * The byte to put where the image has no page: a page that was never touched, or one that is unchanged in its file.
   * The two cannot be told apart by the image alone. Default: reading such a page throws `not-dumped`.
   */
  readonly fill?: number;
}

/** First address that no process has, by the bytes of a C `long`. */
const ends = { 4: 2 ** 32, 8: 2 ** 47 } as const;

/**
 * Where the dumped pages of one task are: three numbers for each run of them, and two and a name for each area, whatever
 * the size of the image.
 */
export class Memory {
  private readonly areas: { readonly start: number; readonly end: number; readonly file: string }[] = [];
  private readonly starts: number[] = [];
  private readonly counts: number[] = [];
  private readonly offsets: number[] = [];
  private pageSize = 4096;
  /** The runs by address; undefined until it is asked for, null where they overlap, as in damaged images. */
  private order: Uint32Array | null | undefined;

  constructor(private readonly word: 4 | 8) {}

  /** Takes a fact of the task. */
  take(fact: Fact): void {
    if (fact.kind === "area") {
      const file = fact.backing === "file" ? fact.name : "";
      this.areas.push({ start: Number(fact.start), end: Number(fact.end), file });
    } else if (fact.kind === "pages") {
      this.pageSize = fact.size;
      this.order = undefined;
      for (const { address, count, offset } of fact.runs) {
        this.starts.push(address);
        this.counts.push(count);
        this.offsets.push(offset);
      }
    }
  }

  /** `length` bytes at a virtual address. Throws `not-dumped` at the first byte that the image does not have. */
  async read(
    source: Source,
    address: number,
    length: number,
    { fill }: ReadOptions = {},
  ): Promise<Uint8Array> {
    if (fill === undefined) this.requireAreas(address, length);
    // What a damaged area says of its size is no reason to make room for it.
    const end = ends[this.word];
    if (address + length > end)
      throw new CrimgError("usage", `${length} bytes from ${hex(address)}: memory ends at ${hex(end)}`);
    const result = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = address + done;
      const inPage = at % this.pageSize;
      const part = Math.min(this.pageSize - inPage, length - done);
      const offset = this.find(at - inPage);
      if (offset !== undefined) {
        const bytes = await source.read(offset + inPage, part);
        if (bytes.length < part) throw new CrimgError("truncated", `page ${hex(at)} is cut off`, { offset });
        result.set(bytes, done);
      } else if (fill !== undefined) result.fill(fill, done, done + part);
      else throw this.notDumped(at);
      done += part;
    }
    return result;
  }

  /** Throws at the first address that lies in no area: a length that no task can have is refused before it costs. */
  private requireAreas(address: number, length: number): void {
    for (let at = address; at < address + length; ) {
      const area = this.areas.find(({ start, end }) => at >= start && at < end);
      if (area === undefined) throw this.notDumped(at);
      at = area.end;
    }
  }

  private notDumped(address: number): CrimgError {
    return new CrimgError(
      "not-dumped",
      `no page for address ${hex(address)} in the image: ${this.whyNot(address)}`,
    );
  }

  /** Offset in the file of the page at an address. */
  private find(page: number): number | undefined {
    this.order ??= this.sorted();
    const run = this.order === null ? this.runInOrderOfFile(page) : this.runAt(page, this.order);
    if (run === undefined) return undefined;
    return this.offsets[run]! + (page - this.starts[run]!);
  }

  private endOf(run: number): number {
    return this.starts[run]! + this.counts[run]! * this.pageSize;
  }

  private runAt(page: number, order: Uint32Array): number | undefined {
    let low = 0;
    let high = order.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const run = order[middle]!;
      if (page < this.starts[run]!) high = middle - 1;
      else if (page >= this.endOf(run)) low = middle + 1;
      else return this.isAligned(run, page) ? run : undefined;
    }
    return undefined;
  }

  /** Of pages that are there twice the first counts. */
  private runInOrderOfFile(page: number): number | undefined {
    for (let run = 0; run < this.starts.length; run++) {
      if (page >= this.starts[run]! && page < this.endOf(run) && this.isAligned(run, page)) return run;
    }
    return undefined;
  }

  /** A damaged address may be none of a page. */
  private isAligned(run: number, page: number): boolean {
    return (page - this.starts[run]!) % this.pageSize === 0;
  }

  /** The runs by address; null if some overlap. */
  private sorted(): Uint32Array | null {
    const order = Uint32Array.from(this.starts.keys()).sort((a, b) => this.starts[a]! - this.starts[b]!);
    for (let i = 1; i < order.length; i++) {
      if (this.endOf(order[i - 1]!) > this.starts[order[i]!]!) return null;
    }
    return order;
  }

  private whyNot(address: number): string {
    const area = this.areas.find(({ start, end }) => address >= start && address < end);
    if (area === undefined) return "the task has no memory there";
    return area.file === ""
      ? "it was never touched, so it reads as zeros"
      : `it is unchanged in ${area.file}, or was never touched`;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
