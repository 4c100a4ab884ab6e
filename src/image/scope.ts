import type { Amount, Condition } from "../codec/grammar.js";

/** What the records read so far have said: the latest fields of each record, for counts and conditions to refer to. */
export class Scope {
  private readonly latest = new Map<string, Readonly<Record<string, unknown>>>();

  set(record: string, fields: Readonly<Record<string, unknown>>): void {
    this.latest.set(record, fields);
  }

  /** Asks `question` as if `fields` had been set: for what must be known of a record before it is taken. */
  supposing<T>(record: string, fields: Readonly<Record<string, unknown>>, question: () => T): T {
    const before = this.latest.get(record);
    this.latest.set(record, fields);
    const answer = question();
    if (before === undefined) this.latest.delete(record);
    else this.latest.set(record, before);
    return answer;
  }

  get(record: string): Readonly<Record<string, unknown>> | undefined {
    return this.latest.get(record);
  }

  /** The number an amount stands for; 0 if its record has not been read, or lacks the field. */
  amount(amount: Amount): number {
    if (typeof amount === "number") return amount;
    const dot = amount.indexOf(".");
    const value = this.latest.get(amount.slice(0, dot))?.[amount.slice(dot + 1)];
    return value === undefined ? 0 : Number(value);
  }

  /** False if the amount refers to a record that has not been read. */
  knows(amount: Amount): boolean {
    return typeof amount === "number" || this.latest.has(amount.slice(0, amount.indexOf(".")));
  }

  holds({ field, is, value }: Condition): boolean {
    const found = this.amount(field);
    return is === "=" ? found === value : is === "!=" ? found !== value : found > value;
  }
}
