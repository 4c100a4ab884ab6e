import { VmFlags } from "../../linux/names.js";

/** First address that belongs to the kernel: TASK_SIZE of i386, where the split leaves user space most. */
export const TASK_SIZE = 0xc0000000;

/** The VM_* bits of these names, as one mask. */
export function vmBits(...names: readonly string[]): number {
  let mask = 0;
  for (const name of names) mask |= VmFlags.bits[name] as number;
  return mask >>> 0;
}

/** VM_* bits that say what the task may do there. */
export const ACCESS = vmBits("READ", "WRITE", "EXEC");

/** Areas that every writer refuses (-ENOSYS). */
export const NEVER_DUMPED = vmBits("SHARED", "IO", "HUGETLB", "NONLINEAR");

/** vm_flags as a number: the kernels of i386 have 32 of them. */
export function flagsOf(vm_flags: bigint): number {
  return Number(BigInt.asUintN(32, vm_flags));
}
