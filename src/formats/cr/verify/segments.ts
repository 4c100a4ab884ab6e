import { type Place, rule, type Say } from "../../../finding.js";
import { elements, type RawItem } from "../../../stream/item.js";
import { LDT_REMEMBERED } from "../../../verify/limits.js";
import { NumberSet } from "../../../verify/number-set.js";
import { placeOfField } from "../../../verify/place.js";
import type { Judge } from "../../verify-facet.js";
import { type Segment, segmentOf } from "../../x86/segment.js";
import type { CrItem, RecordOf } from "../item.js";
import { hex, isWhole } from "./record-parts.js";
import { writesTlsAlways } from "./tls.js";

export const tlsUnread = rule("tls-unread", {
  group: "structure",
  severity: "warning",
  title: "TLS bytes that the reader does not expect",
  why: "Up to v8 the TLS array is written always and read only if ntls is not 0: the reader takes it for CPU.",
  source: "cr_read_thread (arch/x86/mm/restart.c v6, v8)",
});
const ldtEntries = rule("ldt-entries", {
  group: "sense",
  severity: "error",
  title: "More LDT entries than the CPU can address",
  why: "modify_ldt refuses them.",
  source: "cr_read_mm_context (arch/x86/mm/restart.c v8)",
});
const ldtSize = rule("ldt-size", {
  group: "sense",
  severity: "warning",
  title: "An LDT that is not as large as the kernels make it",
  why: "It is allocated by pages, 512 entries at a time, and written whole.",
  source: "alloc_ldt (arch/x86/kernel/ldt.c)",
});
const ldtCut = rule("ldt-cut", {
  group: "sense",
  severity: "note",
  title: "An LDT entry that no reader restores whole",
  why: "The way back through modify_ldt drops bits 24-31 of the base and 16-19 of the limit.",
  source: "cr_read_mm_context (arch/x86/mm/restart.c v8)",
});
const segmentPrivilege = rule("segment-privilege", {
  group: "sense",
  severity: "warning",
  title: "A segment descriptor that is not for user mode",
  why: "The kernels make only code and data segments of privilege 3 for programs.",
  source: "fill_ldt (asm-x86/desc.h)",
});
const tlsUsed = rule("tls-used", {
  group: "sense",
  severity: "warning",
  title: "ntls is not the number of TLS entries in use",
  why: "The writers count the entries that are not empty.",
  source: "cr_write_thread (arch/x86/mm/checkpoint.c v6)",
});
export const segmentRules = [ldtEntries, ldtSize, ldtCut, segmentPrivilege, tlsUsed];

/** The LDT is allocated by pages. */
const LDT_GRAIN = 512;
/** Ring 3. */
const USER = 3;
/** What cr_read_mm_context keeps of a base and a limit. */
const BASE_KEPT = 0xffffff;
const LIMIT_KEPT = 0xffff;

/** Are the TLS and LDT entries those of a program? Remembers which exist, for the selectors of its registers. */
export class Segments implements Judge {
  readonly wants = ["TASK", "MM", "MM_CONTEXT", "THREAD", "tls", "ldt"] as const;
  private readonly tls = new Set<number>();
  private readonly ldt = new NumberSet(LDT_REMEMBERED);
  /** Set while it is not known which TLS entries there are. */
  private thread: RecordOf<"THREAD"> | undefined;

  constructor(private readonly say: Say) {}

  /** True if the entry a selector points at is in use. */
  has(table: "TLS" | "LDT", index: number): boolean {
    return table === "TLS" ? this.tls.has(index) : this.ldt.has(index);
  }

  add(item: CrItem): void {
    if (item.kind === "raw") {
      if (item.name === "tls") this.addTls(item);
      else if (item.name === "ldt") this.addLdt(item);
    } else if (item.kind === "record") {
      if (item.name === "TASK" || item.name === "MM") this.ldt.clear();
      if (item.name === "TASK" || item.name === "THREAD") this.tls.clear();
      if (item.name === "THREAD") this.thread = isWhole(item) ? item : undefined;
      else if (item.name === "MM_CONTEXT") this.judgeSize(item);
    }
  }

  private judgeSize(item: RecordOf<"MM_CONTEXT">): void {
    if (!isWhole(item)) return;
    const { nldt } = item.fields;
    const place = placeOfField(item, "nldt");
    if (nldt > LDT_REMEMBERED) {
      this.say(ldtEntries, place, `nldt is ${nldt}, an LDT has at most ${LDT_REMEMBERED} entries`);
    } else if (nldt > 0 && nldt % LDT_GRAIN !== 0) {
      this.say(ldtSize, place, `nldt is ${nldt}, the kernels keep a multiple of ${LDT_GRAIN}`);
    }
  }

  private addTls(item: RawItem): void {
    const { thread } = this;
    const entries = [...used(item)];
    for (const { index } of entries) this.tls.add(index);
    this.judgePrivilege(entries);
    if (thread === undefined) return;
    this.thread = undefined;
    const { ntls } = thread.fields;
    if (ntls === 0 && writesTlsAlways(thread)) {
      const message = `ntls is 0, but ${item.length} TLS bytes follow: the kernels that wrote them do not read them`;
      this.say(tlsUnread, item, message, "crimg convert --repair=tls");
    }
    if (ntls !== this.tls.size) {
      const message = `ntls is ${ntls}, but ${this.tls.size} TLS entries are in use`;
      this.say(tlsUsed, placeOfField(thread, "ntls"), message);
    }
  }

  private addLdt(item: RawItem): void {
    const entries = [...used(item)];
    for (const { index } of entries) this.ldt.add(index);
    this.judgePrivilege(entries);
    const [first, ...others] = entries.filter(
      ({ segment: { base, limit } }) => base > BASE_KEPT || limit > LIMIT_KEPT,
    );
    if (first === undefined) return;
    const kept = `above ${hex(BASE_KEPT)}, or limit above ${hex(LIMIT_KEPT)}`;
    this.say(ldtCut, first.place, `base of ${nameOf(first, others)} is ${kept}: restart cuts it off`);
  }

  private judgePrivilege(entries: readonly Entry[]): void {
    const [first, ...others] = entries.filter(
      ({ segment: { dpl, type } }) => dpl !== USER || type.startsWith("system"),
    );
    if (first === undefined) return;
    const { dpl, type } = first.segment;
    const message = `${nameOf(first, others)} is ${type} of privilege ${dpl}, expected code or data of ${USER}`;
    this.say(segmentPrivilege, first.place, message);
  }
}

/** An entry that is not empty. */
interface Entry {
  readonly table: string;
  readonly index: number;
  readonly segment: Segment;
  readonly place: Place;
}

/** `LDT[0] (and 3 more)` */
function nameOf({ table, index }: Entry, others: readonly Entry[]): string {
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `${table}[${index}]${more}`;
}

/** The entries of a block that are not empty. */
function* used(item: RawItem): Generator<Entry> {
  const size = item.block.element!.size;
  const table = item.name.toUpperCase();
  for (const [i, { desc }] of elements<{ desc: bigint }>(item).entries()) {
    if (desc === 0n) continue;
    const place = { offset: item.offset + i * size, path: item.path };
    yield { table, index: item.first + i, segment: segmentOf(desc), place };
  }
}
