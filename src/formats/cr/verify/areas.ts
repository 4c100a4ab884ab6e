import { flagsText } from "../../../codec/describe.js";
import { AreaList } from "../../../verify/area-list.js";
import { AREAS_REMEMBERED } from "../../../verify/limits.js";
import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { VmaType, VmFlags } from "../names.js";
import { ACCESS, flagsOf, NEVER_DUMPED, TASK_SIZE } from "./address-space.js";
import { hex, isWhole, type Judge, numberIn, type Place, placeOfField, type Say } from "./judge.js";

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
  { start: "start_code", end: "end_code", rule: "mm-range" },
  { start: "start_data", end: "end_data", rule: "mm-range" },
  { start: "start_brk", end: "brk", rule: "mm-order" },
  { start: "arg_start", end: "arg_end", rule: "mm-order" },
  { start: "env_start", end: "env_end", rule: "mm-order" },
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
    for (const { start, end, rule } of ranges) {
      const [from, to] = [numberIn(item, start), numberIn(item, end)];
      if (from > to) {
        this.say(rule, placeOfField(item, start), `${start} ${hex(from)} is greater than ${end} ${hex(to)}`);
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
      if (!inside) this.say("mm-outside", place, `${text} lies in no VMA`);
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
      this.say("vma-bounds", placeOfField(item, "vm_end"), `vm_end ${hex(end)} is above ${hex(TASK_SIZE)}`);
    }
    if (end > start) return true;
    const message = `vm_end ${hex(end)} is not above vm_start ${hex(start)}`;
    this.say("vma-range", placeOfField(item, "vm_end"), message);
    return false;
  }

  private judgeAlignment(item: RecordOf<"VMA">, name: string, address: number): void {
    const { page: pageSize } = item.image.abi;
    if (address % pageSize === 0) return;
    this.say("vma-align", placeOfField(item, name), `${name} ${hex(address)} is no multiple of ${pageSize}`);
  }

  private judgeOffset(item: RecordOf<"VMA">, { start, end }: Area): void {
    if (item.fields.vma_type !== FILE) return;
    const first = Number(item.fields.vm_pgoff);
    const pages = Math.ceil((end - start) / item.image.abi.page);
    if (first + pages <= MOST_PAGES) return;
    const message = `vm_pgoff ${first} and the ${pages} pages of the area go beyond page ${MOST_PAGES}`;
    this.say("vma-pgoff", placeOfField(item, "vm_pgoff"), message);
  }

  private judgeFlags(item: RecordOf<"VMA">, { flags }: Area): void {
    const refused = flags & NEVER_DUMPED;
    if (refused !== 0) {
      const message = `vm_flags ${hex(flags)}: no kernel dumps an area with ${namesOf(refused)}`;
      this.say("vma-refused", placeOfField(item, "vm_flags"), message);
    }
    // VM_MAYREAD stands four bits above VM_READ, and so on.
    const denied = flags & ACCESS & ~(flags >>> 4);
    if (denied !== 0) {
      const message = `vm_flags ${hex(flags)}: ${namesOf(denied)} without the MAY bit of it`;
      this.say("vma-access", placeOfField(item, "vm_flags"), message);
    }
  }

  private judgeOrder(item: RecordOf<"VMA">, area: Area): void {
    const { before, top } = this;
    this.before = area;
    if (top === undefined || area.end > top.end) this.top = area;
    const other = overlap(before, area) ? before : overlap(top, area) ? top : undefined;
    if (other !== undefined) {
      const message = `${rangeText(area)} overlaps ${rangeText(other)}`;
      this.say("vma-overlap", placeOfField(item, "vm_start"), message);
    } else if (before !== undefined && area.start < before.start) {
      const message = `${rangeText(area)} comes after ${rangeText(before)}`;
      this.say("vma-order", placeOfField(item, "vm_start"), message);
    }
  }

  private remember(item: RecordOf<"VMA">, { start, end, flags }: Area): void {
    for (const bound of this.bounds) {
      if (bound.address >= start && bound.address < end) bound.inside = true;
    }
    if (end > 0xffffffff || this.list.full || this.list.add(start, end, flags)) return;
    const message = `more than ${AREAS_REMEMBERED} VMAs: ip and sp of the task are not held against them`;
    this.say("check-stopped", item, message);
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
