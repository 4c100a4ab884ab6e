import type { ByteOrder } from "../../codec/abi.js";
import { encodeTable } from "../../codec/table.js";
import { fxsave } from "./tables.js";

/** Bytes of FPU state as FXSAVE writes it. */
export const FXSAVE_SIZE = fxsave.size;
/** The same as XSAVE writes it: a header of 64 bytes behind. */
export const XSAVE_SIZE = FXSAVE_SIZE + 64;

/** The FPU as a program finds it at its start: the state after FNINIT, and the default MXCSR. */
export function freshFpu(size: number, order: ByteOrder): Uint8Array {
  const none = Array.from({ length: 8 }, () => new Uint8Array(16));
  const state = encodeTable(
    fxsave,
    {
      fcw: 0x037f,
      fsw: 0,
      ftw: 0,
      _ftw_pad: 0,
      fop: 0,
      fip: 0,
      fcs: 0,
      fdp: 0,
      fds: 0,
      mxcsr: 0x1f80,
      mxcsr_mask: 0xffff,
      st: none,
      xmm: none,
      _reserved: new Uint8Array(224),
    },
    order,
  );
  return size === XSAVE_SIZE ? withXsaveHeader(state) : state;
}

/**
 * FXSAVE's bytes as XSAVE would have written them. The header's first byte says which parts are there: 3 is x87 and
 * SSE. With 0 there the kernel restarts the task with an empty FPU and says nothing (measured, v13-xsave).
 */
export function withXsaveHeader(state: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(XSAVE_SIZE);
  bytes.set(state.subarray(0, FXSAVE_SIZE));
  bytes[FXSAVE_SIZE] = 3;
  return bytes;
}

/** True if the header behind the FXSAVE part says nothing that `withXsaveHeader` would not say. */
export function hasPlainXsaveHeader(state: Uint8Array): boolean {
  return state.subarray(FXSAVE_SIZE).every((byte, i) => byte === (i === 0 ? 3 : 0));
}
