import { actualText } from "../codec/describe.js";
import type { Enumeration, Field, FlagSet, Valid } from "../codec/field.js";
import type { LayoutField } from "../codec/layout.js";
import type { Table } from "../codec/table.js";
import { dialects } from "../formats/cr/dialects.js";
import type { CrItem, CrRecord } from "../formats/cr/item.js";
import type { RecordName } from "../formats/cr/records.js";
import { type Judge, placeOfField, type Say } from "../formats/cr/verify/judge.js";

/** A field whose declaration says what may stand in it. */
interface Judged {
  readonly name: string;
  /** What is wrong with a value; undefined if nothing is. */
  readonly check: (value: number | bigint) => Fault | undefined;
}
interface Fault {
  readonly rule: "field-value" | "unknown-kind" | "unknown-flags" | "unknown-signal";
  readonly message: string;
}

/** Holds every field against what its table declares of it: `valid`, `enum`, `flags`. */
export class Fields implements Judge {
  readonly wants = [...recordsJudged];

  constructor(private readonly say: Say) {}

  add(item: CrItem): void {
    if (item.kind === "record") this.judge(item);
  }

  private judge(item: CrRecord): void {
    for (const { name, check } of judgedOf.get(item.table) ?? []) {
      const value = (item.fields as Record<string, unknown>)[name];
      // Missing in a payload that is too short.
      if (typeof value !== "number" && typeof value !== "bigint") continue;
      const fault = check(value);
      if (fault !== undefined) this.say(fault.rule, placeOfField(item, name), fault.message);
    }
  }
}

const judgedOf = new Map<Table, readonly Judged[]>();
const recordsJudged = new Set<RecordName>();
for (const { tables } of dialects) {
  for (const [name, declared] of Object.entries(tables)) {
    for (const table of [declared].flat()) {
      judgedOf.set(table, table.layout.flatMap(judgedField));
      if (judgedOf.get(table)!.length > 0) recordsJudged.add(name as RecordName);
    }
  }
}

function judgedField(member: LayoutField): Judged[] {
  const { name, field } = member;
  // The walk compares the magic itself: it has to go on from there.
  if (field.stale !== undefined || name === "magic") return [];
  const { valid, flags, enum: names } = field;
  if (valid !== undefined) return [{ name, check: checkValid(member, valid) }];
  if (flags !== undefined) return [{ name, check: checkFlags(member, flags) }];
  if (names !== undefined) return [{ name, check: checkEnum(member, names) }];
  return [];
}

function checkValid({ name, field }: LayoutField, valid: Valid): Judged["check"] {
  const wanted = validText(field, valid);
  return value =>
    isValid(valid, value)
      ? undefined
      : { rule: "field-value", message: `${name} is ${actualText(field, value)}, expected ${wanted}` };
}

function isValid(valid: Valid, value: number | bigint): boolean {
  if ("equals" in valid) return value === valid.equals;
  return (valid.min === undefined || value >= valid.min) && (valid.max === undefined || value <= valid.max);
}

function validText(field: Field, valid: Valid): string {
  if ("equals" in valid) return actualText(field, valid.equals);
  const { min, max } = valid;
  if (max === undefined) return `${actualText(field, min!)} or more`;
  return min === undefined ? `at most ${actualText(field, max)}` : `${min} to ${max}`;
}

function checkFlags({ name, field }: LayoutField, { name: prefix, bits }: FlagSet): Judged["check"] {
  let known = 0n;
  for (const bit of Object.values(bits)) known |= BigInt(typeof bit === "number" ? bit : bit.mask);
  const unknownLow = Number(BigInt.asUintN(32, ~known));
  return value => {
    // Most have 32 bits, and BigInts cost ten times as much.
    const low = Number(value);
    if (low >= 0 && low <= 0xffffffff && (low & unknownLow) === 0) return undefined;
    const unknown = BigInt(value) & ~known;
    if (unknown === 0n) return undefined;
    const message = `${name} is ${actualText(field, value)}: ${actualText(field, unknown)} is no ${prefix}_* bit`;
    return { rule: "unknown-flags", message };
  };
}

function checkEnum({ name }: LayoutField, { name: prefix, values }: Enumeration): Judged["check"] {
  const known = new Set(Object.values(values));
  const isSignal = prefix === "SIG";
  return value => {
    if (known.has(Number(value)) || (isSignal && isOtherSignal(Number(value)))) return undefined;
    const rule = isSignal ? "unknown-signal" : "unknown-kind";
    return { rule, message: `${name} is ${value}, no ${prefix}_* has this number` };
  };
}

/** No signal, a real-time one, or that of a thread: -1 as a u32. */
function isOtherSignal(value: number): boolean {
  return value === 0 || (value >= 32 && value <= 64) || value === 0xffffffff;
}
