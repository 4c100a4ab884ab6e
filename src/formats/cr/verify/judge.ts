import type { CrItem, CrRecord, RecordOf } from "../item.js";
import { header, type RecordName } from "../records.js";
import type { RuleId } from "./rules.js";

/** Where a finding stands. */
export interface Place {
  readonly offset: number;
  readonly path: string;
}

/** Reports a finding. */
export type Say = (rule: RuleId, place: Place, message: string, hint?: string) => void;

/** Takes items of one image in order, and says what is wrong with them. */
export interface Judge {
  /** Names of the records and raw blocks it looks at; all records if it does not say. */
  readonly wants?: readonly (RecordName | RawName)[];
  add(item: CrItem): void;
}

type RawName = "addresses" | "ldt" | "pids" | "tls" | "xstate";

/** The field of a record, by its C name. */
export function placeOfField({ offset, path, table }: CrRecord, name: string): Place {
  const found = table.layout.find(member => member.name === name);
  return { offset: offset + header.size + (found?.offset ?? 0), path };
}

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
