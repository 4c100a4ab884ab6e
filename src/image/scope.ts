import type { Amount, Condition, FieldRef } from "../codec/grammar.js";

type Fields = Readonly<Record<string, unknown>>;

/** What the records read so far have said: the latest fields of each record, for counts and conditions to refer to. */
export class Scope {
  private readonly latest = new Map<string, Fields>();
  /** The record that `supposing` is about, while it asks. */
  private supposed: string | undefined;
  private supposition: Fields | undefined;

  set(record: string, fields: Fields): void {
    this.latest.set(record, fields);
  }

  /** Asks `question` as if `fields` had been set: for what must be known of a record before it is taken. */
  supposing<T>(record: string, fields: Fields, question: () => T): T {
    this.supposed = record;
    this.supposition = fields;
    const answer = question();
    this.supposed = undefined;
    this.supposition = undefined;
    return answer;
  }

  get(record: string): Fields | undefined {
    return record === this.supposed ? this.supposition : this.latest.get(record);
  }

  /** The number an amount stands for; 0 if its record has not been read, or lacks the field. */
  amount(amount: Amount): number {
    if (typeof amount === "number") return amount;
    const [record, field] = partsOf(amount);
    const value = this.get(record)?.[field];
    return value === undefined ? 0 : Number(value);
  }

  /** False if the amount refers to a record that has not been read. */
  knows(amount: Amount): boolean {
    return typeof amount === "number" || this.get(partsOf(amount)[0]) !== undefined;
  }

  holds({ field, is, value }: Condition): boolean {
    const found = this.amount(field);
    return is === "=" ? found === value : is === "!=" ? found !== value : found > value;
  }
}

/** References taken apart, once each: there are a dozen, and they are asked for at every record. */
const parts = new Map<FieldRef, readonly [record: string, field: string]>();

function partsOf(ref: FieldRef): readonly [record: string, field: string] {
  let found = parts.get(ref);
  if (found === undefined) {
    const dot = ref.indexOf(".");
    found = [ref.slice(0, dot), ref.slice(dot + 1)];
    parts.set(ref, found);
  }
  return found;
}
