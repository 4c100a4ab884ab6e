import { type Place, rule, type Say } from "../../../finding.js";
import type { RawItem } from "../../../stream/item.js";
import { placeOfField } from "../../../verify/place.js";
import type { Judge } from "../../verify-facet.js";
import { fpuStateOf } from "../../x86/fpu.js";
import { fsave, fxsave } from "../../x86/tables.js";
import type { CrItem, RecordOf } from "../item.js";
import { holdsPointer, seriesWithoutFpu } from "../series.js";
import { hex, isWhole } from "./record-parts.js";

export const headArch = rule("head-arch", {
  group: "structure",
  severity: "warning",
  title: "has_fxsr, has_xsave and xstate_size do not go together",
  why: "The restarting CPU must have the same three, and hardly any has these.",
  source: "cr_read_head_arch (arch/x86/mm/restart.c v9)",
});
const fpuPointer = rule("fpu-pointer", {
  group: "sense",
  severity: "warning",
  title: "A kernel pointer stands for the FPU state",
  why: "v6 wrote the pointer to it. A restart with it loads garbage into the FPU.",
  source: "cr_save_cpu_fpu (arch/x86/mm/checkpoint.c v6)",
});
const fpuAsPointer = rule("fpu-as-pointer", {
  group: "sense",
  severity: "error",
  title: "FPU state for a kernel that takes it for a pointer",
  why: "v6 and before copy 4 bytes of it over their pointer: sys_restart returns 0, then the task dies of signal 11.",
  source: "cr_load_cpu_fpu (arch/x86/mm/restart.c v6)",
});
const fpuFxsr = rule("fpu-fxsr", {
  group: "sense",
  severity: "warning",
  title: "FPU state without FXSAVE",
  why: "The reader compares has_fxsr with its CPU (SIGFPE, -EINVAL), and every later one has it.",
  source: "cr_load_cpu_fpu (arch/x86/mm/restart.c v6)",
});
const fpuMxcsr = rule("fpu-mxcsr", {
  group: "sense",
  severity: "warning",
  title: "mxcsr has bits the CPU does not know",
  why: "FXRSTOR faults on them.",
  source: "restore_fpu_checking (asm-x86/i387.h)",
});
const xstateBv = rule("xstate-bv", {
  group: "sense",
  severity: "warning",
  title: "The XSAVE header says that the state is none, or more than there is",
  why: "A measured restart then answered 0 and began with an empty FPU.",
  source: "xrstor (Intel SDM vol. 1, 13.8)",
});
export const fpuRules = [fpuPointer, fpuAsPointer, fpuFxsr, fpuMxcsr, xstateBv];

/** An xsave area without extensions: the legacy part and a header of 64 bytes. */
const XSAVE_LEAST = fxsave.size + 64;
const MXCSR_AT = fxsave.layout.find(({ name }) => name === "mxcsr")!.offset;
/** x87, SSE, AVX: what an XSAVE area of that time can say it holds. */
const KNOWN_STATES = 7n;
/** mxcsr bits a CPU has whose mxcsr_mask is 0 (Intel SDM vol. 1, 11.6.6). */
const MXCSR_DEFAULT = 0xffbf;

/** Is there FPU state where the image says so, and is it some? */
export class Fpu implements Judge {
  readonly wants = ["HEAD_ARCH", "CPU", "xstate"] as const;

  constructor(
    private readonly say: Say,
    /** The series that the image is verified for. */
    private readonly series: () => string,
  ) {}

  add(item: CrItem): void {
    if (item.kind === "raw") {
      if (item.name === "xstate") this.judgeBlock(item);
    } else if (item.kind === "record" && isWhole(item)) {
      if (item.name === "HEAD_ARCH") this.judgeArch(item);
      else if (item.name === "CPU") this.judgeUnion(item);
    }
  }

  private judgeArch(item: RecordOf<"HEAD_ARCH">): void {
    const { has_fxsr, has_xsave, xstate_size: size } = item.fields;
    const wrong =
      size !== fsave.size && size !== fxsave.size && size < XSAVE_LEAST
        ? "no FPU state has this size"
        : has_xsave && size < XSAVE_LEAST
          ? `XSAVE needs ${XSAVE_LEAST} or more`
          : !has_xsave && size >= XSAVE_LEAST
            ? "that is XSAVE"
            : !has_xsave && (size === fxsave.size) !== (has_fxsr !== 0)
              ? `FXSAVE has ${fxsave.size}, FSAVE ${fsave.size}`
              : undefined;
    if (wrong === undefined) return;
    const message = `has_fxsr ${has_fxsr}, has_xsave ${has_xsave}, xstate_size ${size}: ${wrong}`;
    this.say(headArch, placeOfField(item, "xstate_size"), message);
  }

  /** Up to v8 the state is in CPU itself. */
  private judgeUnion(item: RecordOf<"CPU">): void {
    const { used_math, has_fxsr, xstate } = item.fields;
    if (!used_math || xstate === undefined) return;
    const place = placeOfField(item, "xstate");
    if (has_fxsr === 0) {
      const message = `used_math is ${used_math}, but has_fxsr is 0: only a CPU without FXSAVE takes this`;
      this.say(fpuFxsr, placeOfField(item, "has_fxsr"), message);
    }
    if (holdsPointer(xstate)) this.sayPointer(xstate, place, "crimg convert --repair=fpu");
    else if (has_fxsr !== 0) {
      this.judgeReader(item, place);
      this.judgeState(xstate, place, item);
    }
  }

  /** Real state is for v7 and later. A series that does not read the dialect at all refuses it at its head. */
  private judgeReader({ image }: RecordOf<"CPU">, place: Place): void {
    const series = this.series();
    if (!seriesWithoutFpu.includes(series) || !image.dialect.series.includes(series)) return;
    const message = `xstate holds FPU state, which ${series} takes for a kernel pointer: the restarted task dies of signal 11`;
    this.say(fpuAsPointer, place, message, `crimg convert --repair=fpu --series ${series}`);
  }

  private sayPointer(xstate: Uint8Array, place: Place, hint?: string): void {
    const view = new DataView(xstate.buffer, xstate.byteOffset, xstate.byteLength);
    const [first, mxcsr] = [view.getUint32(0, true), view.getUint32(MXCSR_AT, true)];
    const message = `xstate begins with ${hex(first)} and has mxcsr ${hex(mxcsr)}: a kernel pointer and leftovers, as v6 wrote`;
    this.say(fpuPointer, place, message, hint);
  }

  private judgeBlock(item: RawItem): void {
    const { bytes } = item;
    if (bytes.length < item.count) return;
    if (bytes.length >= fxsave.size && holdsPointer(bytes)) this.sayPointer(bytes, item);
    else this.judgeState(bytes, item, item);
  }

  private judgeState(xstate: Uint8Array, place: Place, { image }: RawItem | RecordOf<"CPU">): void {
    const state = fpuStateOf(xstate, image.abi.order);
    if (state === undefined || state.kind === "fsave") return;
    const { mxcsr, mxcsr_mask } = state.legacy;
    const reserved = (mxcsr & ~(mxcsr_mask === 0 ? MXCSR_DEFAULT : mxcsr_mask)) >>> 0;
    if (reserved !== 0) {
      const message = `mxcsr is ${hex(mxcsr)}: the CPU does not know ${hex(reserved)}`;
      this.say(fpuMxcsr, { offset: place.offset + MXCSR_AT, path: place.path }, message);
    }
    if (state.kind === "xsave") this.judgeHeader(state.extended, place);
  }

  private judgeHeader(extended: Uint8Array, { offset, path }: Place): void {
    if (extended.length < 8) return;
    const held = new DataView(extended.buffer, extended.byteOffset, 8).getBigUint64(0, true);
    if (held !== 0n && (held & ~KNOWN_STATES) === 0n) return;
    const why = held === 0n ? "the task would start with an empty FPU" : "more than x87, SSE and AVX";
    this.say(xstateBv, { offset: offset + fxsave.size, path }, `xstate_bv is ${hex(held)}: ${why}`);
  }
}
