import { flagsText } from "../../../codec/describe.js";
import { type Place, rule, type Say } from "../../../finding.js";
import { AreaList } from "../../../verify/area-list.js";
import { AREAS_REMEMBERED, checkStopped } from "../../../verify/limits.js";
import { placeOfField } from "../../../verify/place.js";
import { VmFlags } from "../../linux/names.js";
import type { Judge } from "../../verify-facet.js";
import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { VmaType } from "../names.js";
import { ACCESS, flagsOf, NEVER_DUMPED, TASK_SIZE } from "./address-space.js";
import { hex, isWhole, numberIn } from "./record-parts.js";

const mmRange = rule("mm-range", {
  group: "sense",
  severity: "error",
  title: "Code or data ends before it starts",
  why: "The reader refuses it.",
  source: "cr_read_mm (rstr_mem.c v8)",
});
const mmOrder = rule("mm-order", {
  group: "sense",
  severity: "warning",
  title: "Heap, arguments or environment end before they start",
  why: "No reader compares them; ps and brk go wrong later.",
  source: "cr_write_mm (ckpt_mem.c v6)",
});
const mmOutside = rule("mm-outside", {
  group: "sense",
  severity: "warning",
  title: "An address in MM lies in no VMA",
  why: "A program may have unmapped it; more often MM or a VMA is damaged.",
  source: "cr_write_mm (ckpt_mem.c v6)",
});
const vmaRange = rule("vma-range", {
  group: "sense",
  severity: "error",
  title: "A VMA without bytes",
  why: "The reader refuses vm_end below vm_start, and mmap a length of 0.",
  source: "cr_read_vma (rstr_mem.c v8)",
});
const vmaAlign = rule("vma-align", {
  group: "sense",
  severity: "error",
  title: "A VMA that does not begin and end with a page",
  why: "Areas are made of whole pages: mmap refuses such a start, and rounds such an end.",
  source: "do_mmap_pgoff (mm/mmap.c)",
});
const vmaBounds = rule("vma-bounds", {
  group: "sense",
  severity: "error",
  title: "A VMA above user space",
  why: "mmap refuses addresses from TASK_SIZE on.",
  source: "do_mmap_pgoff (mm/mmap.c)",
});
const vmaOrder = rule("vma-order", {
  group: "sense",
  severity: "warning",
  title: "VMAs do not ascend",
  why: "The writers go through the areas from below. Readers take any order.",
  source: "cr_write_mm (ckpt_mem.c v6)",
});
const vmaOverlap = rule("vma-overlap", {
  group: "sense",
  severity: "error",
  title: "Two VMAs overlap",
  why: "No address space has this; MAP_FIXED takes the memory of the earlier one away.",
  source: "cr_read_vma (rstr_mem.c v8)",
});
const vmaPgoff = rule("vma-pgoff", {
  group: "sense",
  severity: "error",
  title: "A mapping beyond what a file offset can say",
  why: "mmap refuses it (-EOVERFLOW).",
  source: "do_mmap_pgoff (mm/mmap.c)",
});
const vmaRefused = rule("vma-refused", {
  group: "sense",
  severity: "warning",
  title: "A VMA of a kind that the kernels do not dump",
  why: "Shared, I/O, huge page and nonlinear areas are refused at the checkpoint (-ENOSYS).",
  source: "cr_write_vma (ckpt_mem.c v6)",
});
const vmaAccess = rule("vma-access", {
  group: "sense",
  severity: "warning",
  title: "vm_flags allow what the MAY bits deny",
  why: "No mmap and no mprotect gives an area access that it may not have.",
  source: "mprotect_fixup (mm/mprotect.c)",
});
export const areaRules = [
  mmRange,
  mmOrder,
  mmOutside,
  vmaRange,
  vmaAlign,
  vmaBounds,
  vmaOrder,
  vmaOverlap,
  vmaPgoff,
  vmaRefused,
  vmaAccess,
];

interface Area {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
}

/** An address in MM that has to lie in an area. Ticked off when that area comes by. */
interface Bound {
  readonly place: Place;
  readonly address: number;
  readonly text: string;
  inside: boolean;
}

/** Ranges of MM: first address, and first past the end. */
const ranges = [
  { start: "start_code", end: "end_code", broken: mmRange },
  { start: "start_data", end: "end_data", broken: mmRange },
  { start: "start_brk", end: "brk", broken: mmOrder },
  { start: "arg_start", end: "arg_end", broken: mmOrder },
  { start: "env_start", end: "env_end", broken: mmOrder },
] as const;

const { FILE } = VmaType.values;
/** Pages that a file offset can count: an `unsigned long` of i386. */
const MOST_PAGES = 2 ** 32;

/** Do the areas of a task fit together, and does MM point into them? Remembers them for its registers. */
export class Areas implements Judge {
  readonly wants = ["TASK", "MM", "VMA", "MM_CONTEXT"] as const;
  /** That of the latest VMA; undefined while its bounds are not to be trusted. */
  area: Area | undefined;
  private readonly list = new AreaList();
  private bounds: Bound[] = [];
  private before: Area | undefined;
  /** The area that reaches furthest. */
  private top: Area | undefined;

  constructor(private readonly say: Say) {}

  /** vm_flags at an address; undefined if no area of the task holds it. */
  flagsAt(address: number): number | undefined {
    return this.list.flagsAt(address);
  }

  /** True if all areas of the task are remembered. */
  get complete(): boolean {
    return !this.list.full && this.before !== undefined;
  }

  add(item: CrItem): void {
    if (item.kind !== "record") return;
    if (item.name === "VMA") {
      this.area = undefined;
      if (isWhole(item)) this.judgeArea(item);
      return;
    }
    if (item.name === "TASK" || item.name === "MM") this.clear();
    if (!isWhole(item)) return;
    if (item.name === "MM") this.judgeMm(item);
    else if (item.name === "MM_CONTEXT") this.judgeBounds();
  }

  private clear(): void {
    this.list.clear();
    this.bounds = [];
    this.before = undefined;
    this.top = undefined;
  }

  private judgeMm(item: RecordOf<"MM">): void {
    const { page: pageSize } = item.image.abi;
    for (const { start, end, broken } of ranges) {
      const [from, to] = [numberIn(item, start), numberIn(item, end)];
      if (from > to) {
        this.say(
          broken,
          placeOfField(item, start),
          `${start} ${hex(from)} is greater than ${end} ${hex(to)}`,
        );
      } else if (from < to) this.expectRange(item, start, end, pageSize);
    }
    this.expect(item, "start_stack", numberIn(item, "start_stack"), "");
  }

  private expectRange(item: CrRecord, start: string, end: string, pageSize: number): void {
    const [from, to] = [numberIn(item, start), numberIn(item, end)];
    if (start === "start_brk") {
      // What the heap has of the page it starts in belongs to the area before it.
      if (Math.ceil(from / pageSize) === Math.ceil(to / pageSize)) return;
    } else this.expect(item, start, from, "");
    this.expect(item, end, to - 1, ": the byte before it");
  }

  private expect(item: CrRecord, field: string, address: number, what: string): void {
    const text = `${field} ${hex(numberIn(item, field))}${what}`;
    this.bounds.push({ place: placeOfField(item, field), address, text, inside: false });
  }

  private judgeBounds(): void {
    for (const { place, text, inside } of this.bounds) {
      if (!inside) this.say(mmOutside, place, `${text} lies in no VMA`);
    }
    this.bounds = [];
  }

  private judgeArea(item: RecordOf<"VMA">): void {
    const { vm_start, vm_end, vm_flags } = item.fields;
    const area = { start: Number(vm_start), end: Number(vm_end), flags: flagsOf(vm_flags) };
    this.judgeFlags(item, area);
    if (!this.judgeRange(item, area)) return;
    this.area = area;
    this.judgeOffset(item, area);
    this.judgeOrder(item, area);
    this.remember(item, area);
  }

  /** False if the area has no bytes: then nothing else can be said of it. */
  private judgeRange(item: RecordOf<"VMA">, { start, end }: Area): boolean {
    this.judgeAlignment(item, "vm_start", start);
    this.judgeAlignment(item, "vm_end", end);
    if (end > TASK_SIZE) {
      this.say(vmaBounds, placeOfField(item, "vm_end"), `vm_end ${hex(end)} is above ${hex(TASK_SIZE)}`);
    }
    if (end > start) return true;
    const message = `vm_end ${hex(end)} is not above vm_start ${hex(start)}`;
    this.say(vmaRange, placeOfField(item, "vm_end"), message);
    return false;
  }

  private judgeAlignment(item: RecordOf<"VMA">, name: string, address: number): void {
    const { page: pageSize } = item.image.abi;
    if (address % pageSize === 0) return;
    this.say(vmaAlign, placeOfField(item, name), `${name} ${hex(address)} is no multiple of ${pageSize}`);
  }

  private judgeOffset(item: RecordOf<"VMA">, { start, end }: Area): void {
    if (item.fields.vma_type !== FILE) return;
    const first = Number(item.fields.vm_pgoff);
    const pages = Math.ceil((end - start) / item.image.abi.page);
    if (first + pages <= MOST_PAGES) return;
    const message = `vm_pgoff ${first} and the ${pages} pages of the area go beyond page ${MOST_PAGES}`;
    this.say(vmaPgoff, placeOfField(item, "vm_pgoff"), message);
  }

  private judgeFlags(item: RecordOf<"VMA">, { flags }: Area): void {
    const refused = flags & NEVER_DUMPED;
    if (refused !== 0) {
      const message = `vm_flags ${hex(flags)}: no kernel dumps an area with ${namesOf(refused)}`;
      this.say(vmaRefused, placeOfField(item, "vm_flags"), message);
    }
    // VM_MAYREAD stands four bits above VM_READ, and so on.
    const denied = flags & ACCESS & ~(flags >>> 4);
    if (denied !== 0) {
      const message = `vm_flags ${hex(flags)}: ${namesOf(denied)} without the MAY bit of it`;
      this.say(vmaAccess, placeOfField(item, "vm_flags"), message);
    }
  }

  private judgeOrder(item: RecordOf<"VMA">, area: Area): void {
    const { before, top } = this;
    this.before = area;
    if (top === undefined || area.end > top.end) this.top = area;
    const other = overlap(before, area) ? before : overlap(top, area) ? top : undefined;
    if (other !== undefined) {
      const message = `${rangeText(area)} overlaps ${rangeText(other)}`;
      this.say(vmaOverlap, placeOfField(item, "vm_start"), message);
    } else if (before !== undefined && area.start < before.start) {
      const message = `${rangeText(area)} comes after ${rangeText(before)}`;
      this.say(vmaOrder, placeOfField(item, "vm_start"), message);
    }
  }

  private remember(item: RecordOf<"VMA">, { start, end, flags }: Area): void {
    for (const bound of this.bounds) {
      if (bound.address >= start && bound.address < end) bound.inside = true;
    }
    if (end > 0xffffffff || this.list.full || this.list.add(start, end, flags)) return;
    const message = `more than ${AREAS_REMEMBERED} VMAs: ip and sp of the task are not held against them`;
    this.say(checkStopped, item, message);
  }
}

function overlap(a: Area | undefined, b: Area): boolean {
  return a !== undefined && a.start < b.end && b.start < a.end;
}

function rangeText({ start, end }: Area): string {
  return `${hex(start)}-${hex(end)}`;
}

function namesOf(flags: number): string {
  return flagsText(VmFlags, BigInt(flags))
    .split("|")
    .map(name => `VM_${name}`)
    .join("|");
}
