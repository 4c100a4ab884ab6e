import { sample } from "../image/samples.js";
import { overwritten, recordNamed } from "../image/splice.js";
import { oneIn } from "../share.js";
import { rows } from "../verdicts/rows.js";
import { ruleCases } from "./rule-cases.js";

/** One image for each rule, with something that it has to say about. */
export const oneARule: readonly { readonly name: string; readonly bytes: Uint8Array }[] = Object.entries(
  ruleCases,
).map(([name, make]) => ({ name, bytes: make().bytes }));

/** The damaged images that booted kernels were given. */
export function givenToKernels(): { readonly name: string; readonly bytes: Uint8Array }[] {
  return oneIn(5, rows()).map(({ group, name, bytes }) => ({ name: `${group}/${name}`, bytes }));
}

/** v13-tree, its third task with a CPU record of another type: the kernel refuses that task only. */
export function refusedTask(): Uint8Array {
  const { bytes } = sample("v13-tree");
  return overwritten(bytes, recordNamed(bytes, "CPU", 2).offset, Uint8Array.of(0x0f, 0x27));
}
