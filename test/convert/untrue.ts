import type { ReportEntry } from "../../src/convert/report.js";
import type { Part } from "./parts.js";

/**
 * Lines that say of a field of the source what it did not hold. A step further on may speak of what an earlier one has
 * made of it: `HEAD.rev: 3 -> 2`, then `2 -> 1`.
 */
export function untrue(before: readonly Part[], entries: readonly ReportEntry[]): string[] {
  const parts = new Map(before.map(part => [`${part.path} ${part.name}`, part]));
  const made = new Map<string, string | null>();
  return entries.flatMap(({ path, record, field, old, new: now }) => {
    if (field === null || old === null || path.includes("*")) return [];
    const place = `${path} ${record}.${field}`;
    const value = made.get(place) ?? parts.get(`${path} ${record}`)?.values[field];
    made.set(place, now);
    return value === undefined || textsOf(value).includes(old) ? [] : [`${place} held ${value}, not ${old}`];
  });
}

/** The ways to write a value. */
function textsOf(value: string): string[] {
  const text = value.replace(/\0+$/, "");
  if (!/^-?\d+$/.test(value)) return [text];
  const number = BigInt(value);
  return [text, `0x${number.toString(16)}`, `0${number.toString(8)}`];
}
