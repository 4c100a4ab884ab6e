import type { SeriesEvidence, SeriesGuess } from "../../model/series.js";
import type { Item } from "../../stream/item.js";
import { VmFlags } from "../linux/names.js";
import type { CrRecord } from "./item.js";
import type { RecordFields } from "./records.js";

const MAYSHARE = VmFlags.bits["MAYSHARE"] as number;

/**
 * Collects what tells series of one dialect apart. They share a layout, so only what their writers did differently
 * can: see the table of deltas in the format's history.
 */
export class CrEvidence implements SeriesEvidence {
  private candidates: readonly string[];
  private readonly evidence: string[] = [];
  private hasMemory = false;
  private chunkBefore = 0;
  private readonly dialect: string;

  constructor(dialect: { readonly name: string; readonly series: readonly string[] }) {
    this.dialect = dialect.name;
    this.candidates = dialect.series;
  }

  /** The latest of those that could have written what was seen so far. */
  get latest(): string {
    if (this.dialect === "cr-1") return this.hasMemory ? "v6p5" : "v5p2";
    return this.candidates.at(-1)!;
  }

  /** True if `latest` is another now. Asks for the fields only of records that show something. */
  see(given: Item): boolean {
    if (given.kind !== "record") return false;
    const item = given as CrRecord;
    const before = this.latest;
    switch (item.name) {
      case "MM":
        this.hasMemory = true;
        break;
      case "VMA":
        this.chunkBefore = 0;
        this.seeVma(item.fields);
        break;
      case "PGARR":
        this.seeChunk(Number(item.fields.nr_pages), item.counts[0] ?? 0);
        break;
      case "FD_DATA":
        if (item.fields.fd_type === 3) this.only("CR_FD_LINK, gone in v11", "v6", "v8", "v9", "v10");
        break;
      case "CPU":
        this.seeCpu(item.fields);
        break;
      default:
        return false;
    }
    return this.latest !== before;
  }

  guess(): SeriesGuess {
    if (this.dialect !== "cr-1") return { series: this.candidates, evidence: this.evidence };
    return this.hasMemory
      ? { series: ["v6p5"], evidence: ["memory records and no files: v6 up to patch 5/9"] }
      : { series: ["v5p2"], evidence: ["no memory records: v5 patch 2/8"] };
  }

  private only(why: string, ...series: string[]): void {
    const left = this.candidates.filter(candidate => series.includes(candidate));
    // Contradictions are a matter for verify; the first witness stands.
    if (left.length === 0 || left.length === this.candidates.length) return;
    this.candidates = left;
    this.evidence.push(`${why}: ${left.join(", ")}`);
  }

  private seeVma({ vm_flags }: RecordFields["VMA"]): void {
    if (vm_flags !== undefined && (Number(BigInt.asUintN(32, vm_flags)) & MAYSHARE) !== 0) {
      this.only("a VM_MAYSHARE area, which v11 and later refuse", "v6", "v8", "v9", "v10");
    }
  }

  private seeChunk(stored: number, pages: number): void {
    if (this.chunkBefore > 0 && stored > 0) {
      if (stored !== pages)
        this.only("page counts are running totals, fixed in v12", "v6", "v8", "v9", "v10", "v11");
      else if (stored !== this.chunkBefore + pages)
        this.only("page counts are per chunk, as since v12", "v12", "v13");
    }
    this.chunkBefore = stored;
  }

  private seeCpu({ used_math, xstate, ax }: RecordFields["CPU"]): void {
    if (this.dialect !== "cr-2") return;
    if (used_math && xstate !== undefined) {
      if (holdsPointer(xstate)) this.only("xstate begins with a kernel address", "v6");
      else this.only("xstate holds FPU state, as since v7", "v8");
    }
    if (ax !== undefined && ax !== 0n) {
      this.only("ax is not 0: taken of another task, which v8 was the first to do", "v8");
    }
  }
}

/**
 * v6 wrote the pointer `thread->xstate` where v7 writes what it points at (v6/fpu.img has 0xef959200 at CPU+272). Only
 * meaningful if used_math is set.
 */
export function holdsPointer(xstate: Uint8Array): boolean {
  if (xstate.length < 28) return false;
  const view = new DataView(xstate.buffer, xstate.byteOffset, xstate.byteLength);
  const first = view.getUint32(0, true);
  const mxcsr = view.getUint32(24, true);
  return (first >= 0xc0000000 && first % 16 === 0) || mxcsr >= 0x10000;
}

/**
 * Series whose CPU record holds a pointer where later ones have FPU state. Their restart copies 4 bytes over
 * `thread->xstate`, so state that is given to them ends in an oops (measured with v8/fpu.img on a v6 kernel).
 */
export const seriesWithoutFpu: readonly string[] = ["v6p5", "v6"];
