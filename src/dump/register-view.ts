import { flagsText } from "../codec/describe.js";
import { Eflags, selectorName } from "../formats/x86/names.js";
import type { RegistersFact } from "../model/fact.js";
import type { Style } from "./style.js";

/** gdb's order for i386, by the kernel's names. */
const general = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "ip"];
/** Registers that hold addresses: what they would be as signed numbers helps nobody. */
const addresses: ReadonlySet<string> = new Set(["sp", "ip"]);
const segments = ["cs", "ss", "ds", "es", "fs", "gs"];
const debug = ["debugreg0", "debugreg1", "debugreg2", "debugreg3", "debugreg6", "debugreg7"];

/** Registers as gdb's `info registers` lists them: name, hex, and what the value says. */
export function registerLines({ values }: RegistersFact, style: Style): string[] {
  const hex = (name: string) => `0x${values[name]!.toString(16)}`;
  const row = (name: string, meaning: string) =>
    `${style.name(name.padEnd(9))} ${hex(name).padEnd(12)} ${meaning}`.trimEnd();
  const there = (name: string) => values[name] !== undefined;

  const lines = general
    .filter(there)
    .map(name => row(name, addresses.has(name) ? "" : signed(values[name]!)));
  if (there("flags")) lines.push(row("flags", style.symbol(flagsText(Eflags, values["flags"]!))));
  lines.push(
    ...segments
      .filter(there)
      .map(name => row(name, style.symbol(selectorName(Number(values[name]! & 0xffffn))))),
  );
  if (there("orig_ax")) lines.push(row("orig_ax", callText(values["orig_ax"]!)));
  lines.push(...inColumns(debug.filter(there).map(name => `${style.name(name)} ${hex(name)}`)));
  return lines;
}

function signed(value: bigint): string {
  return value <= 0xffffffffn ? String(Number(value) | 0) : String(BigInt.asIntN(64, value));
}

function callText(origAx: bigint): string {
  return origAx === 0xffffffffn || origAx === 0xffffffffffffffffn
    ? "not in a system call"
    : `system call ${origAx}`;
}

function inColumns(cells: readonly string[]): string[] {
  return cells.length === 0
    ? []
    : [cells.slice(0, 4).join("  "), ...(cells.length > 4 ? [cells.slice(4).join("  ")] : [])];
}
