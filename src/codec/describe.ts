import type { DeclaredField, Enumeration, FieldHints, FlagSet } from "./field.js";
import { hexOf, isHex } from "./hex.js";

/** A value as it stands: hex or decimal by the field's hint, text as it is, bytes as hex digits. */
export function actualText(field: DeclaredField, value: unknown): string {
  if (value instanceof Uint8Array) return hexOf(value);
  if (typeof value === "bigint" || typeof value === "number") {
    if (field.show === "octal") return `0${value.toString(8)}`;
    return isHex(field) ? `0x${value.toString(16)}` : String(value);
  }
  if (Array.isArray(value)) return value.map(element => actualText(field.element!, element)).join(" ");
  return String(value);
}

/** What the value means, where the field has names for it: `READ|WRITE`, `SIGCHLD`, a date. Empty if it has none. */
export function symbolicText(field: FieldHints, value: unknown): string {
  if (typeof value !== "bigint" && typeof value !== "number") return "";
  if (field.enum !== undefined) return enumText(field.enum, Number(value));
  if (field.flags !== undefined) return flagsText(field.flags, BigInt(value));
  return field.show === "time" ? timeText(BigInt(value)) : "";
}

/** Seconds since the epoch as ISO 8601 in UTC; empty beyond what a Date can say. */
export function timeText(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(".000Z", "Z");
}

/** The name of a value: `SIGCHLD`; `unknown` for one that has none, empty for a 0 that has none. */
export function enumText({ name, values }: Enumeration, value: number): string {
  const found = Object.entries(values).find(([, number]) => number === value);
  if (found === undefined) return value === 0 ? "" : "unknown";
  return name === "SIG" ? `SIG${found[0]}` : found[0];
}

/** The names of all bits that are set, and what is left in hex. */
export function flagsText({ bits }: FlagSet, value: bigint): string {
  const names: string[] = [];
  let rest = value;
  for (const [name, bit] of Object.entries(bits)) {
    const { mask, value: wanted } = typeof bit === "number" ? { mask: bit, value: bit } : bit;
    if ((value & BigInt(mask)) !== BigInt(wanted)) continue;
    // A name for no bits at all (O_RDONLY) says something only where others of its mask could stand.
    names.push(name);
    rest &= ~BigInt(wanted);
  }
  if (rest !== 0n) names.push(`0x${rest.toString(16)}`);
  return names.join("|");
}
