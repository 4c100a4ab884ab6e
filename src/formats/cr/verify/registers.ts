import { rule, type Say } from "../../../finding.js";
import { placeOfField } from "../../../verify/place.js";
import type { Judge } from "../../verify-facet.js";
import { Eflags, selectorName } from "../../x86/names.js";
import type { CrItem, RecordOf } from "../item.js";
import { vmBits } from "./address-space.js";
import type { Areas } from "./areas.js";
import { hex, isWhole, numberIn } from "./record-parts.js";
import type { Segments } from "./segments.js";

const emptySelector = rule("selector", {
  group: "sense",
  severity: "warning",
  title: "A segment register points at nothing",
  why: "A TLS or LDT entry that is empty, or a segment of the kernel: loading it faults, and clears the register.",
  source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
});
const selectorPrivilege = rule("selector-privilege", {
  group: "sense",
  severity: "error",
  title: "cs or ss is not of user mode",
  why: "The way back to the task faults; with a kernel cs the measured kernels oops.",
  source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
});
const registerWidth = rule("register-width", {
  group: "sense",
  severity: "warning",
  title: "A register has more than 32 bits",
  why: "The writers widen registers of 32 bits; the readers cut the rest off.",
  source: "cr_save_cpu_regs (arch/x86/mm/checkpoint.c v6)",
});
const eflags = rule("eflags", {
  group: "sense",
  severity: "warning",
  title: "Flags that a program hardly has",
  why: "Readers take them as they are: an IOPL above 0 gives the task the I/O ports.",
  source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
});
const ipOutside = rule("ip-outside", {
  group: "sense",
  severity: "warning",
  title: "ip is not in code",
  why: "The task gets a SIGSEGV at its first instruction, unless the CPU executes what it can read.",
  source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
});
const spOutside = rule("sp-outside", {
  group: "sense",
  severity: "warning",
  title: "sp is not in readable memory",
  why: "The task gets a SIGSEGV when it uses its stack.",
  source: "cr_read_cpu (arch/x86/mm/restart.c v6)",
});
const cpuBoolean = rule("cpu-boolean", {
  group: "sense",
  severity: "warning",
  title: "uses_debug or used_math is neither 0 nor 1",
  why: "The writers put the outcome of a test there.",
  source: "cr_save_cpu_debug, cr_save_cpu_fpu (arch/x86/mm/checkpoint.c v6)",
});
export const registerRules = [
  emptySelector,
  selectorPrivilege,
  registerWidth,
  eflags,
  ipOutside,
  spOutside,
  cpuBoolean,
];

const { VM, FIXED, IOPL3 } = Eflags.bits as Record<string, number> & { IOPL3: { mask: number } };
const EXEC = vmBits("EXEC");
const READ = vmBits("READ");
/** Requested privilege level, the low bits of a selector. */
const RPL = 3;
const booleans = ["uses_debug", "used_math"];

/** Could a task have run on with these registers? */
export class Registers implements Judge {
  readonly wants = ["TASK", "THREAD", "CPU"] as const;
  private hasThread = false;

  constructor(
    private readonly say: Say,
    private readonly areas: Areas,
    private readonly segments: Segments,
  ) {}

  add(item: CrItem): void {
    if (item.kind !== "record") return;
    if (item.name === "TASK") this.hasThread = false;
    else if (item.name === "THREAD") this.hasThread = isWhole(item);
    else if (item.name === "CPU" && isWhole(item)) this.judge(item);
  }

  private judge(item: RecordOf<"CPU">): void {
    this.judgeWidth(item);
    this.judgeFlags(item);
    this.judgeBooleans(item);
    // Virtual 8086 mode reads segments and addresses another way.
    if ((numberIn(item, "flags") & VM!) !== 0) return;
    for (const name of ["cs", "ss"]) {
      if (this.judgePrivilege(item, name)) this.judgeSelector(item, name);
    }
    for (const name of ["ds", "es", "fs", "gs"]) this.judgeSelector(item, name);
    if (!this.areas.complete) return;
    this.judgeIp(item);
    this.judgeSp(item);
  }

  private judgeWidth(item: RecordOf<"CPU">): void {
    for (const { name, field } of item.table.layout) {
      if (field.kind !== "u64" || field.stale !== undefined) continue;
      const value = (item.fields as Record<string, unknown>)[name] as bigint;
      if (value <= 0xffffffffn) continue;
      this.say(registerWidth, placeOfField(item, name), `${name} is ${hex(value)}, i386 has 32 bits`);
    }
  }

  private judgeFlags(item: RecordOf<"CPU">): void {
    const flags = numberIn(item, "flags");
    const iopl = (flags & IOPL3.mask) >>> 12;
    const odd = [
      ...((flags & FIXED!) === 0 ? ["bit 1, which the CPU keeps set, is 0"] : []),
      ...(iopl > 0 ? [`IOPL is ${iopl}: the task may use I/O ports`] : []),
      ...((flags & VM!) !== 0 ? ["VM is set: virtual 8086 mode"] : []),
    ];
    if (odd.length === 0) return;
    this.say(eflags, placeOfField(item, "flags"), `flags are ${hex(flags)}: ${odd.join("; ")}`);
  }

  private judgeBooleans(item: RecordOf<"CPU">): void {
    for (const name of booleans) {
      const value = numberIn(item, name);
      if (value > 1)
        this.say(cpuBoolean, placeOfField(item, name), `${name} is ${value}, the kernels write 0 or 1`);
    }
  }

  /** True if the segment is one of user mode. */
  private judgePrivilege(item: RecordOf<"CPU">, name: string): boolean {
    const selector = numberIn(item, name) & 0xffff;
    if ((selector & RPL) === RPL && selector !== RPL) return true;
    const message = `${name} is ${hex(selector)} (${selectorName(selector)}), no segment of user mode`;
    this.say(selectorPrivilege, placeOfField(item, name), message);
    return false;
  }

  private judgeSelector(item: RecordOf<"CPU">, name: string): void {
    const selector = numberIn(item, name) & 0xffff;
    const target = selectorName(selector | RPL);
    const why = this.whyNot(target);
    if (why === undefined) return;
    const message = `${name} is ${hex(selector)}: ${target} ${why}`;
    this.say(emptySelector, placeOfField(item, name), message);
  }

  /** What is wrong with a segment that a register selects; undefined if nothing is. */
  private whyNot(target: string): string | undefined {
    if (target === "null" || target === "USER_CS" || target === "USER_DS") return undefined;
    const entry = /^(TLS|LDT)\[(\d+)\]$/.exec(target);
    if (entry === null) return "is not for user mode";
    const table = entry[1] as "TLS" | "LDT";
    if (table === "TLS" && !this.hasThread) return undefined;
    return this.segments.has(table, Number(entry[2])) ? undefined : "is empty";
  }

  private judgeIp(item: RecordOf<"CPU">): void {
    const ip = numberIn(item, "ip");
    const flags = this.areas.flagsAt(ip);
    if (flags !== undefined && (flags & EXEC) !== 0) return;
    const where =
      flags === undefined ? "lies in no VMA" : `lies in a VMA without VM_EXEC (vm_flags ${hex(flags)})`;
    this.say(ipOutside, placeOfField(item, "ip"), `ip ${hex(ip)} ${where}`);
  }

  private judgeSp(item: RecordOf<"CPU">): void {
    const sp = numberIn(item, "sp");
    // An empty stack points past its area.
    const flags = this.areas.flagsAt(sp) ?? this.areas.flagsAt(sp - 1);
    if (flags !== undefined && (flags & READ) !== 0) return;
    const where =
      flags === undefined ? "lies in no VMA" : `lies in a VMA without VM_READ (vm_flags ${hex(flags)})`;
    this.say(spOutside, placeOfField(item, "sp"), `sp ${hex(sp)} ${where}`);
  }
}
