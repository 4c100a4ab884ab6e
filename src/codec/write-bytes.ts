import { misfit, wrongLength } from "./misfit.js";
import { encodeText } from "./text.js";

/**
 * Writes the bytes of the field that `label` names: exactly `size` of them, or any number as the rest of a payload
 * (`undefined`). Throws `out-of-range` for anything else.
 */
export function writeBytes(
  view: DataView,
  at: number,
  size: number | undefined,
  value: unknown,
  label: string,
): void {
  if (!(value instanceof Uint8Array)) misfit(value, label, "string of bytes (Uint8Array)");
  if (size !== undefined && value.length !== size) wrongLength(value.length, `exactly ${size}`, label);
  fill(view, at, value.length, value, label);
}

/**
 * Writes the text of the field that `label` names, NUL padded to `size` bytes; as the rest of a payload (`undefined`)
 * as it is. Throws `out-of-range` if it is too long, or no text.
 */
export function writeText(
  view: DataView,
  at: number,
  size: number | undefined,
  value: unknown,
  label: string,
): void {
  if (typeof value !== "string") misfit(value, label, "text");
  const bytes = encodeText(value);
  fill(view, at, size ?? bytes.length, bytes, label);
}

function fill(view: DataView, at: number, room: number, bytes: Uint8Array, label: string): void {
  const left = Math.min(room, view.byteLength - at);
  if (bytes.length > left) wrongLength(bytes.length, `at most ${left}`, label);
  const target = new Uint8Array(view.buffer, view.byteOffset + at, left);
  target.set(bytes);
  target.fill(0, bytes.length);
}
