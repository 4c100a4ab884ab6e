import type { Enumeration, FlagSet } from "../../codec/field.js";

/** The constants of the patches themselves; those of the kernel are in formats/linux, those of the CPU in formats/x86. */

/** include/linux/checkpoint.h, v6 2/9. */
export const CrFlags: FlagSet = { name: "CR_CTX", bits: { CKPT: 0x1, RSTR: 0x2 } };

/** CR_VMA_*, include/linux/checkpoint_hdr.h, v6 4/9. */
export const VmaType: Enumeration = { name: "CR_VMA", values: { ANON: 1, FILE: 2 } };

/** CR_FD_*, v6 8/9. CR_FD_LINK went in v11 and could not occur before: open() follows links. */
export const FdType: Enumeration = { name: "CR_FD", values: { FILE: 1, DIR: 2, LINK: 3 } };
