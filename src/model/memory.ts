import { CrimgError } from "../errors.js";
import type { CrItem, RecordOf } from "../formats/cr/item.js";
import type { Source } from "../source/source.js";
import type { Item } from "../stream/item.js";

/** One chunk of dumped pages: where its addresses and its contents stand in the file. */
interface Chunk {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly addressesAt: number;
  pagesAt: number;
}

/** Addresses of dumped pages have 32 bits. */
const ADDRESSES_END = 2 ** 32;

/** How to read memory. */
export interface ReadOptions {
  /**
   * The byte to put where the image has no page: a page that was never touched, or one that is unchanged in its file.
   * The two cannot be told apart by the image alone. Default: reading such a page throws `not-dumped`.
   */
  readonly fill?: number;
}

/**
 * Where the dumped pages of one task are. Takes one small entry a chunk (of up to 4096 pages), whatever the size of
 * the image; page addresses are read again when they are needed.
 */
export class MemoryMap {
  private readonly chunks: Chunk[] = [];
  private readonly areas: { start: number; end: number; name: string }[] = [];
  private pageSize = 4096;
  private little = true;

  /** Takes notice of an item of the task. */
  add(given: Item): void {
    const item = given as CrItem;
    if (item.kind === "record") {
      if (item.name === "VMA") this.addArea(item);
      else if (item.name === "FNAME") this.nameArea(item);
    } else if (item.kind === "raw" && item.name === "addresses" && item.count > 0) {
      const { order, page: pageSize } = item.image.abi;
      this.little = order === "little";
      this.pageSize = pageSize;
      const view = new DataView(item.bytes.buffer, item.bytes.byteOffset, item.bytes.byteLength);
      const at = (i: number) => view.getUint32(4 * i, this.little);
      const first = at(0);
      const last = at(item.count - 1);
      this.chunks.push({ first, last, count: item.count, addressesAt: item.offset, pagesAt: -1 });
    } else if (item.kind === "raw" && item.name === "pages") this.placePages(item.offset);
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
    if (address + length > ADDRESSES_END) {
      throw new CrimgError(
        "usage",
        `${length} bytes from ${hex(address)}: memory ends at ${hex(ADDRESSES_END)}`,
      );
    }
    const result = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = address + done;
      const inPage = at % this.pageSize;
      const part = Math.min(this.pageSize - inPage, length - done);
      const offset = await this.find(source, at - inPage);
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

  private addArea({ fields }: RecordOf<"VMA">): void {
    this.areas.push({ start: Number(fields.vm_start), end: Number(fields.vm_end), name: "" });
  }

  private nameArea({ fields }: RecordOf<"FNAME">): void {
    const area = this.areas.at(-1);
    if (area?.name === "") area.name = fields.fname.replace(/\0.*$/s, "");
  }

  /** The contents follow all address parts of the chunk, in the same order. */
  private placePages(offset: number): void {
    let at = offset;
    for (const chunk of this.chunks) {
      if (chunk.pagesAt >= 0) continue;
      chunk.pagesAt = at;
      at += chunk.count * this.pageSize;
    }
  }

  /** Offset in the file of the page at an address. */
  private async find(source: Source, page: number): Promise<number | undefined> {
    for (const chunk of this.chunks) {
      if (page < chunk.first || page > chunk.last || chunk.pagesAt < 0) continue;
      const bytes = await source.read(chunk.addressesAt, 4 * chunk.count);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let low = 0;
      let high = Math.floor(bytes.length / 4) - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const found = view.getUint32(4 * middle, this.little);
        if (found === page) return chunk.pagesAt + middle * this.pageSize;
        if (found < page) low = middle + 1;
        else high = middle - 1;
      }
    }
    return undefined;
  }

  private whyNot(address: number): string {
    const area = this.areas.find(({ start, end }) => address >= start && address < end);
    if (area === undefined) return "the task has no memory there";
    return area.name === ""
      ? "it was never touched, so it reads as zeros"
      : `it is unchanged in ${area.name}, or was never touched`;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
