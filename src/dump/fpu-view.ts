import type { ByteOrder } from "../codec/abi.js";
import { extendedText, fpuStateOf, isStackRegisterUsed, wideHex } from "../formats/x86/fpu.js";
import type { FpuFact } from "../model/fact.js";
import type { Style } from "./style.js";

/** FPU state of an x86 CPU: control words, then one line a register. `remark`: why the bytes are none. */
export function fpuLines(
  { bytes, remark }: Pick<FpuFact, "bytes" | "remark">,
  order: ByteOrder,
  style: Style,
): string[] {
  const state = fpuStateOf(bytes, order);
  if (state === undefined) return [style.dim(`xstate: ${bytes.length} bytes of no known kind`)];
  if (remark !== undefined) return [style.dim(`xstate: ${remark}`)];
  const word = (name: string, value: number) => `${style.name(name)} 0x${value.toString(16)}`;
  if (state.kind === "fsave") {
    const { cwd, swd, twd, fip } = state.legacy;
    return [`FSAVE  ${word("cwd", cwd)}  ${word("swd", swd)}  ${word("twd", twd)}  ${word("fip", fip)}`];
  }
  const { fcw, fsw, ftw, fop, fip, fcs, fdp, fds, mxcsr, mxcsr_mask, st, xmm } = state.legacy;
  const lines = [
    `${state.kind.toUpperCase()}  ${word("fcw", fcw)}  ${word("fsw", fsw)}  ${word("ftw", ftw)}  ${word("fop", fop)}  ${word("mxcsr", mxcsr)}  ${word("mxcsr_mask", mxcsr_mask)}`,
    `${word("fip", fip)}  ${word("fcs", fcs)}  ${word("fdp", fdp)}  ${word("fds", fds)}`,
  ];
  for (const [i, register] of st.entries()) {
    const raw = wideHex(register.subarray(0, 10));
    const value = isStackRegisterUsed(state.legacy, i) ? extendedText(register) : style.dim("empty");
    lines.push(`${style.name(`st${i}`.padEnd(5))} ${raw}  ${value}`);
  }
  for (const [i, register] of xmm.entries())
    lines.push(`${style.name(`xmm${i}`.padEnd(5))} ${wideHex(register)}`);
  if (state.extended.length > 0)
    lines.push(style.dim(`${state.extended.length} bytes of XSAVE behind the legacy part, raw`));
  return lines;
}
