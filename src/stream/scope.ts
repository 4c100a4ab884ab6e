import type { Amount, Condition, FieldRef } from "../codec/grammar.js";

type Fields = Readonly<Record<string, unknown>>;

/** The latest record of a name. */
interface Latest {
  fields: Fields | undefined;
}

/** What the records read so far have said: the latest fields of each record, for counts and conditions to refer to. */
export class Scope {
  private readonly latest = new Map<string, Latest>();
  /** References taken apart, once each: there are a dozen, and they are asked for at every record. */
  private readonly referred = new Map<FieldRef, { readonly latest: Latest; readonly field: string }>();

  set(record: string, fields: Fields): void {
    this.latestOf(record).fields = fields;
  }

  /** Asks `question` as if `fields` had been set: for what must be known of a record before it is taken. */
  supposing<T>(record: string, fields: Fields, question: () => T): T {
    const latest = this.latestOf(record);
    const before = latest.fields;
    latest.fields = fields;
    const answer = question();
    latest.fields = before;
    return answer;
  }

  get(record: string): Fields | undefined {
    return this.latestOf(record).fields;
  }

  /** The number an amount stands for; 0 if its record has not been read, or lacks the field. */
  amount(amount: Amount): number {
    if (typeof amount === "number") return amount;
    const { latest, field } = this.referredBy(amount);
    const value = latest.fields?.[field];
    return value === undefined ? 0 : Number(value);
  }

  /** False if the amount refers to a record that has not been read. */
  knows(amount: Amount): boolean {
    return typeof amount === "number" || this.referredBy(amount).latest.fields !== undefined;
  }

  holds({ field, is, value }: Condition): boolean {
    const found = this.amount(field);
    return is === "=" ? found === value : is === "!=" ? found !== value : found > value;
  }

  private latestOf(record: string): Latest {
    let latest = this.latest.get(record);
    if (latest === undefined) {
      latest = { fields: undefined };
      this.latest.set(record, latest);
    }
    return latest;
  }

  private referredBy(ref: FieldRef): { readonly latest: Latest; readonly field: string } {
    let referred = this.referred.get(ref);
    if (referred === undefined) {
      const dot = ref.indexOf(".");
      referred = { latest: this.latestOf(ref.slice(0, dot)), field: ref.slice(dot + 1) };
      this.referred.set(ref, referred);
    }
    return referred;
  }
}
