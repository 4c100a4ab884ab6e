import type { RawItem } from "../../../stream/item.js";
import type { CrItem, RecordOf } from "../item.js";
import { ACCESS, NEVER_DUMPED } from "./address-space.js";
import type { Areas } from "./areas.js";
import { hex, type Judge, placeOfField, type Say } from "./judge.js";
import type { RuleId } from "./rules.js";

/** CR_PGARR_CHUNK of i386: the writers put at most so many pages into a chunk. */
const CHUNK_PAGES = 4096;

/** Do the dumped pages lie in their VMA, aligned, ascending, each once? */
export class Pages implements Judge {
  readonly wants = ["VMA", "PGARR", "addresses"] as const;
  /** Address of the page before, in the same VMA. */
  private last = -1;
  private unexpectedSaid = false;

  constructor(
    private readonly say: Say,
    private readonly areas: Areas,
  ) {}

  add(item: CrItem): void {
    if (item.kind === "record") {
      if (item.name === "VMA") this.startArea();
      else if (item.name === "PGARR") this.judgeChunk(item);
    } else if (item.kind === "raw" && item.name === "addresses") this.judgeAddresses(item);
  }

  private startArea(): void {
    this.last = -1;
    this.unexpectedSaid = false;
  }

  private judgeChunk(item: RecordOf<"PGARR">): void {
    const [pages = 0] = item.counts;
    if (pages === 0) return;
    const place = placeOfField(item, "nr_pages");
    if (pages > CHUNK_PAGES) {
      this.say("chunk-size", place, `${pages} pages in one chunk, the kernels write at most ${CHUNK_PAGES}`);
    }
    const { area } = this.areas;
    if (area === undefined || this.unexpectedSaid) return;
    const why =
      (area.flags & ACCESS) === 0
        ? "that cannot be read, written or executed"
        : (area.flags & NEVER_DUMPED) !== 0
          ? "of a kind that is never dumped"
          : undefined;
    if (why === undefined) return;
    this.unexpectedSaid = true;
    this.say("pages-unexpected", place, `${pages} pages in an area ${why} (vm_flags ${hex(area.flags)})`);
  }

  /** Read straight from the bytes, and only if the walk has not found them good: there are a million for each 4 GiB. */
  private judgeAddresses(item: RawItem): void {
    const { bytes, block, image } = item;
    const { page: pageSize, order } = image.abi;
    const word = block.element!.size;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const little = order === "little";
    if (item.orderly && item.count > 0) {
      this.last = view.getUint32(word * (item.count - 1), little);
      return;
    }
    const { start = 0, end = Number.POSITIVE_INFINITY } = this.areas.area ?? {};
    const misaligned = new Tally("page-align", `is no multiple of ${pageSize}`);
    const outside = new Tally("page-outside", `is outside of the VMA ${hex(start)}-${hex(end)}`);
    const doubled = new Tally("page-duplicate", "is that of the page before");
    const falling = new Tally("page-order", "is below that of the page before");
    const inPage = pageSize - 1;
    let { last } = this;
    for (let at = 0; at + word <= bytes.byteLength; at += word) {
      const address = view.getUint32(at, little);
      const isGood = address > last && address >= start && address < end && (address & inPage) === 0;
      if (isGood) {
        last = address;
        continue;
      }
      if (address % pageSize !== 0) misaligned.count(at, address);
      if (address < start || address >= end) outside.count(at, address);
      if (address === last) doubled.count(at, address);
      else if (address < last) falling.count(at, address);
      last = address;
    }
    this.last = last;
    for (const tally of [misaligned, outside, doubled, falling]) tally.say(this.say, item);
  }
}

/** One finding for all addresses of a block that have the same thing wrong with them. */
class Tally {
  private times = 0;
  private at = 0;
  private address = 0;

  constructor(
    private readonly rule: RuleId,
    private readonly text: string,
  ) {}

  count(at: number, address: number): void {
    if (this.times++ > 0) return;
    this.at = at;
    this.address = address;
  }

  say(say: Say, { offset, path, count }: RawItem): void {
    const { times, at, address, rule, text } = this;
    if (times === 0) return;
    const more = times === 1 ? "" : `, as are ${times - 1} more of the ${count} here`;
    say(rule, { offset: offset + at, path }, `page address ${hex(address)} ${text}${more}`);
  }
}
