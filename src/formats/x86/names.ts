import type { FlagSet } from "../../codec/field.js";

/** include/asm-x86/pgtable.h. Bit 7 is PROTNONE in an entry that is not present (0xa0 in v6/maps.img), PSE in one that is. */
export const PageProt: FlagSet = {
  name: "_PAGE",
  bits: {
    PRESENT: 0x1,
    RW: 0x2,
    USER: 0x4,
    PWT: 0x8,
    PCD: 0x10,
    ACCESSED: 0x20,
    DIRTY: 0x40,
    PSE: { mask: 0x81, value: 0x81 },
    PROTNONE: { mask: 0x81, value: 0x80 },
    GLOBAL: 0x100,
  },
};

/** include/asm-x86/processor-flags.h */
export const Eflags: FlagSet = {
  name: "X86_EFLAGS",
  bits: {
    CF: 0x1,
    PF: 0x4,
    AF: 0x10,
    ZF: 0x40,
    SF: 0x80,
    TF: 0x100,
    IF: 0x200,
    DF: 0x400,
    OF: 0x800,
    IOPL1: { mask: 0x3000, value: 0x1000 },
    IOPL2: { mask: 0x3000, value: 0x2000 },
    IOPL3: { mask: 0x3000, value: 0x3000 },
    NT: 0x4000,
    RF: 0x10000,
    VM: 0x20000,
    AC: 0x40000,
    VIF: 0x80000,
    VIP: 0x100000,
    ID: 0x200000,
    // Always set; without a name in the kernel.
    FIXED: 0x2,
  },
};

/** GDT entries of include/asm-x86/segment.h (i386). */
const gdtEntries: Readonly<Record<number, string>> = {
  6: "TLS[0]",
  7: "TLS[1]",
  8: "TLS[2]",
  12: "KERNEL_CS",
  13: "KERNEL_DS",
  14: "USER_CS",
  15: "USER_DS",
  16: "TSS",
  17: "LDT",
  26: "ESPFIX_SS",
  27: "PERCPU",
  31: "DOUBLEFAULT_TSS",
};

/** What a segment selector points at: `USER_CS`, `TLS[0]`, `LDT[3]`, `GDT[9]`, with its RPL where that is not 3. */
export function selectorName(selector: number): string {
  if ((selector & 0xfffc) === 0) return "null";
  const index = selector >> 3;
  const table = selector & 4 ? `LDT[${index}]` : (gdtEntries[index] ?? `GDT[${index}]`);
  return (selector & 3) === 3 ? table : `${table} rpl ${selector & 3}`;
}
