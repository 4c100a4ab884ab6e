import { array, bytes, u8, u16, u32, u64 } from "../../codec/field.js";
import { table } from "../../codec/table.js";

/** What the CPU itself lays out in memory, whatever format carries it. */

export const descriptor = table(
  {
    name: "desc",
    struct: "desc_struct",
    doc: "One segment descriptor of the TLS array or the LDT.",
    source: "2.6.27 asm-x86/desc_defs.h",
  },
  {
    desc: u64("8 bytes as the CPU reads them; all 0 is an empty entry", {
      show: "hex",
      c: "struct desc_struct",
    }),
  },
);

/** The 512 bytes of FXSAVE (Intel SDM; 32-bit form): the start of an xstate block of 512 bytes and more. */
export const fxsave = table(
  {
    name: "fxsave",
    struct: "i387_fxsave_struct",
    doc: "FPU and SSE state as FXSAVE writes it.",
    source: "2.6.27 asm-x86/processor.h",
  },
  {
    fcw: u16("control word", { show: "hex" }),
    fsw: u16("status word; bits 11-13 are the top of the stack", { show: "hex" }),
    ftw: u8("tag word, abridged: bit n set = physical register n in use", { show: "hex" }),
    _ftw_pad: u8("reserved", { stale: true }),
    fop: u16("opcode of the last instruction", { show: "hex" }),
    fip: u32("address of the last instruction", { show: "address" }),
    fcs: u32("its segment", { show: "hex" }),
    fdp: u32("address of its operand", { show: "address" }),
    fds: u32("its segment", { show: "hex" }),
    mxcsr: u32("SSE control and status", { show: "hex" }),
    mxcsr_mask: u32("bits of mxcsr that this CPU knows", { show: "hex" }),
    st: array(bytes(16, "80-bit value, 6 bytes reserved"), 8, "st0-st7"),
    xmm: array(bytes(16, "128-bit value, least byte first"), 8, "xmm0-xmm7"),
    _reserved: bytes(224, "xmm8-xmm15 and reserved; not used by 32-bit tasks"),
  },
);

/** The 112 bytes of FSAVE, a CPU without FXSR. */
export const fsave = table(
  {
    name: "fsave",
    struct: "i387_fsave_struct",
    doc: "FPU state as FSAVE writes it, and Linux's own status word.",
    source: "2.6.27 asm-x86/processor.h",
  },
  {
    cwd: u32("control word", { show: "hex" }),
    swd: u32("status word", { show: "hex" }),
    twd: u32("tag word", { show: "hex" }),
    fip: u32("address of the last instruction", { show: "address" }),
    fcs: u32("its segment", { show: "hex" }),
    foo: u32("address of its operand", { show: "address" }),
    fos: u32("its segment", { show: "hex" }),
    st_space: bytes(80, "st0-st7, 10 bytes each"),
    status: u32("software status", { show: "hex" }),
  },
);
