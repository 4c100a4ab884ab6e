import type { FieldHints } from "./field.js";

/** True for fields whose value people write in hex. */
export function isHex(field: FieldHints): boolean {
  return field.show === "address" || field.show === "hex" || field.flags !== undefined;
}

/** Two hex digits a byte. */
export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += pairs[byte];
  return text;
}

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
