import { actualText } from "../codec/describe.js";
import type { Enumeration, Field, FlagSet, Valid } from "../codec/field.js";
import type { LayoutField } from "../codec/layout.js";
import type { BoundTable } from "../codec/table.js";
import { type Rule, rule, type Say } from "../finding.js";
import type { Judge } from "../formats/verify-facet.js";
import type { Dialect } from "../stream/dialect.js";
import type { Item, RecordItem } from "../stream/item.js";
import { placeOfField } from "./place.js";

export const fieldValue = rule("field-value", {
  group: "structure",
  severity: "error",
  title: "A field has not the value that the format gives it",
  why: "Readers compare such fields, and refuse the image.",
  source: "`valid` in the table of the record",
});
export const unknownKind = rule("unknown-kind", {
  group: "structure",
  severity: "error",
  title: "A number stands for a kind that the format does not have",
  why: "No reader knows how to make it.",
  source: "`enum` in the table of the record",
});
export const unknownFlags = rule("unknown-flags", {
  group: "structure",
  severity: "warning",
  title: "Flags with bits that have no name",
  why: "No writer is known that sets them: damage, or an unknown one.",
  source: "`flags` in the table of the record",
});
export const unknownSignal = rule("unknown-signal", {
  group: "structure",
  severity: "note",
  title: "A signal that is none",
  why: "No task has it.",
  source: "signal(7)",
});
export const fieldRules = [fieldValue, unknownKind, unknownFlags, unknownSignal];

/** A field whose declaration says what may stand in it. */
interface Judged {
  readonly name: string;
  /** What is wrong with a value; undefined if nothing is. */
  readonly check: (value: number | bigint) => Fault | undefined;
}
interface Fault {
  readonly broken: Rule;
  readonly message: string;
}

/** Holds every field against what its table declares of it: `valid`, `enum`, `flags`. For images of any format. */
export class Fields implements Judge {
  readonly wants: readonly string[];

  constructor(
    private readonly say: Say,
    dialect: Dialect,
  ) {
    this.wants = Object.keys(dialect.tables).filter(record =>
      dialect.byName(record)?.tables.some(table => judgedIn(table).length > 0),
    );
  }

  add(item: Item): void {
    if (item.kind === "record") this.judge(item);
  }

  private judge(item: RecordItem): void {
    for (const { name, check } of judgedIn(item.table)) {
      const value = item.fields[name];
      // Missing in a payload that is too short.
      if (typeof value !== "number" && typeof value !== "bigint") continue;
      const fault = check(value);
      if (fault !== undefined) this.say(fault.broken, placeOfField(item, name), fault.message);
    }
  }
}

/** By table, as they come: each is gone through once. */
const known = new WeakMap<BoundTable, readonly Judged[]>();

function judgedIn(table: BoundTable): readonly Judged[] {
  let judged = known.get(table);
  if (judged === undefined) {
    judged = table.layout.flatMap(judgedField);
    known.set(table, judged);
  }
  return judged;
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
      : { broken: fieldValue, message: `${name} is ${actualText(field, value)}, expected ${wanted}` };
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
    return { broken: unknownFlags, message };
  };
}

function checkEnum({ name }: LayoutField, { name: prefix, values }: Enumeration): Judged["check"] {
  const known = new Set(Object.values(values));
  const isSignal = prefix === "SIG";
  return value => {
    if (known.has(Number(value)) || (isSignal && isOtherSignal(Number(value)))) return undefined;
    const broken = isSignal ? unknownSignal : unknownKind;
    return { broken, message: `${name} is ${value}, no ${prefix}_* has this number` };
  };
}

/** No signal, a real-time one, or that of a thread: -1 as a u32. */
function isOtherSignal(value: number): boolean {
  return value === 0 || (value >= 32 && value <= 64) || value === 0xffffffff;
}
