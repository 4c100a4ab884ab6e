import type { ByteOrder } from "../../codec/abi.js";
import { decodeTable, type Values } from "../../codec/table.js";
import { fsave, fxsave } from "./tables.js";

/** FPU state by the kind its size tells. */
export type FpuState =
  | {
      readonly kind: "fxsave" | "xsave";
      readonly legacy: Values<typeof fxsave.fields>;
      readonly extended: Uint8Array;
    }
  | { readonly kind: "fsave"; readonly legacy: Values<typeof fsave.fields>; readonly extended: Uint8Array };

/** Takes an xstate block apart: 112 bytes are FSAVE, 512 FXSAVE, more XSAVE, whose part behind the legacy one stays raw. */
export function fpuStateOf(xstate: Uint8Array, order: ByteOrder): FpuState | undefined {
  if (xstate.length >= fxsave.size) {
    return {
      kind: xstate.length === fxsave.size ? "fxsave" : "xsave",
      legacy: decodeTable(fxsave, xstate.subarray(0, fxsave.size), order),
      extended: xstate.subarray(fxsave.size),
    };
  }
  if (xstate.length < fsave.size) return undefined;
  return {
    kind: "fsave",
    legacy: decodeTable(fsave, xstate.subarray(0, fsave.size), order),
    extended: xstate.subarray(fsave.size),
  };
}

/** True if `st(i)` of an FXSAVE image is in use: its tag stands at the physical register, which the top of stack turns. */
export function isStackRegisterUsed({ fsw, ftw }: Values<typeof fxsave.fields>, i: number): boolean {
  const top = (fsw >> 11) & 7;
  return (ftw & (1 << ((top + i) & 7))) !== 0;
}

/** An 80-bit extended value in decimal, to the 17 digits of a double; its first 10 bytes count. */
export function extendedText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 10);
  const mantissa = view.getBigUint64(0, true);
  const signAndExponent = view.getUint16(8, true);
  const sign = signAndExponent & 0x8000 ? "-" : "";
  const exponent = signAndExponent & 0x7fff;
  if (exponent === 0x7fff) return (mantissa & 0x7fffffffffffffffn) === 0n ? `${sign}inf` : "nan";
  if (mantissa === 0n) return `${sign}0`;
  // A denormal has the exponent of the smallest normal number.
  const scale = Math.max(exponent, 1) - 16383 - 63;
  const value = Number(mantissa) * 2 ** scale;
  if (Number.isFinite(value) && Math.abs(value) >= Number.MIN_VALUE) return sign + value;
  const decimal = (Math.log10(Number(mantissa)) + scale * Math.log10(2)).toFixed(0);
  return `about ${sign}1e${decimal}`;
}

/** Bytes of a number, least first, as hex with the greatest first. */
export function wideHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text = byte.toString(16).padStart(2, "0") + text;
  return `0x${text}`;
}
