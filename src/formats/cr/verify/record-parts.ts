import type { Place } from "../../../finding.js";
import type { CrRecord, RecordOf } from "../item.js";
import { header } from "../records.js";

/** `parent` in the header of a record. */
export function placeOfParent({ offset, path }: CrRecord): Place {
  return { offset: offset + parentAt, path };
}

const parentAt = header.layout.find(({ name }) => name === "parent")!.offset;

/** True if a record stands directly behind another. */
export function follows(item: CrRecord, before: CrRecord): boolean {
  return item.offset === before.offset + before.length;
}

/** Where the NUL of a name stands among the bytes of its record; -1 if there is none. */
export function nulOf({ bytes }: RecordOf<"FNAME">): number {
  // Names are short, and `indexOf` takes longer to call than to look.
  for (let at = header.size; at < bytes.length; at++) if (bytes[at] === 0) return at;
  return -1;
}

/** False if the payload is shorter than its struct, so that fields are missing. That is said elsewhere. */
export function isWhole({ table, length }: CrRecord): boolean {
  return length - header.size >= table.size;
}

/** The numbers of a record's fields by name, as doubles. Exact up to 2^53, more than any i386 kernel put there. */
export function numberIn(item: CrRecord, name: string): number {
  return Number((item.fields as Record<string, unknown>)[name]);
}

/** `0x8048000` */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
