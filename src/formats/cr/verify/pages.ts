import { type Rule, rule, type Say } from "../../../finding.js";
import type { RawItem } from "../../../stream/item.js";
import { placeOfField } from "../../../verify/place.js";
import type { Judge } from "../../verify-facet.js";
import type { CrItem, RecordOf } from "../item.js";
import { ACCESS, NEVER_DUMPED } from "./address-space.js";
import type { Areas } from "./areas.js";
import { hex } from "./record-parts.js";

export const chunkSize = rule("chunk-size", {
  group: "structure",
  severity: "note",
  title: "More pages in a chunk than the kernels wrote",
  why: "A program put them together; the readers allocate for all of them at once.",
  source: "CR_PGARR_CHUNK (checkpoint_mem.h v6)",
});
const pageAlign = rule("page-align", {
  group: "sense",
  severity: "error",
  title: "A page address that is no multiple of the page size",
  why: "The writers walk an area page by page; the contents would go to the wrong place.",
  source: "cr_private_vma_fill_pgarr (ckpt_mem.c v6)",
});
const pageOutside = rule("page-outside", {
  group: "sense",
  severity: "error",
  title: "A page outside of its VMA",
  why: "The reader writes to the address as it stands: into another area, or into none.",
  source: "cr_read_pages_contents (rstr_mem.c v8)",
});
const pageDuplicate = rule("page-duplicate", {
  group: "sense",
  severity: "error",
  title: "A page that is there twice",
  why: "The writers dump a page once; the second contents replace the first.",
  source: "cr_private_vma_fill_pgarr (ckpt_mem.c v6)",
});
const pageOrder = rule("page-order", {
  group: "sense",
  severity: "warning",
  title: "Page addresses do not ascend",
  why: "The writers go through the area from below. Readers take any order.",
  source: "cr_private_vma_fill_pgarr (ckpt_mem.c v6)",
});
const pagesUnexpected = rule("pages-unexpected", {
  group: "sense",
  severity: "warning",
  title: "Pages in an area that has none in any image",
  why: "What cannot be accessed is not dumped, and other kinds of areas are refused.",
  source: "cr_private_vma_fill_pgarr (ckpt_mem.c v6)",
});
export const pageRules = [pageAlign, pageOutside, pageDuplicate, pageOrder, pagesUnexpected];

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
      this.say(chunkSize, place, `${pages} pages in one chunk, the kernels write at most ${CHUNK_PAGES}`);
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
    this.say(pagesUnexpected, place, `${pages} pages in an area ${why} (vm_flags ${hex(area.flags)})`);
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
    const misaligned = new Tally(pageAlign, `is no multiple of ${pageSize}`);
    const outside = new Tally(pageOutside, `is outside of the VMA ${hex(start)}-${hex(end)}`);
    const doubled = new Tally(pageDuplicate, "is that of the page before");
    const falling = new Tally(pageOrder, "is below that of the page before");
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
    private readonly broken: Rule,
    private readonly text: string,
  ) {}

  count(at: number, address: number): void {
    if (this.times++ > 0) return;
    this.at = at;
    this.address = address;
  }

  say(say: Say, { offset, path, count }: RawItem): void {
    const { times, at, address, broken, text } = this;
    if (times === 0) return;
    const more = times === 1 ? "" : `, as are ${times - 1} more of the ${count} here`;
    say(broken, { offset: offset + at, path }, `page address ${hex(address)} ${text}${more}`);
  }
}
