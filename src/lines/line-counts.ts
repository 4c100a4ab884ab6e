import { CrimgError } from "../errors.js";
import type { Dialect } from "../stream/dialect.js";
import type { StreamFormat } from "../stream/stream-format.js";
import { type CountRule, type CountRules, countRules } from "./count-rules.js";
import type { FieldValues } from "./field-values.js";
import { dialectOfLine } from "./image-context.js";
import { type JsonObject, lineError } from "./line.js";
import { isBlankLine, parseLine } from "./parse-line.js";
import { type LineChunks, textLines } from "./text-lines.js";

const COUNTS_A_BLOCK = 64 * 1024;
/** Of a record that would end a list which goes on. */
const LEFT_OUT = 0xffff_ffff;

/** What the counts of all records are, in the order of the records. Takes 4 bytes each. */
export class LineCounts {
  private readonly blocks: Uint32Array[] = [];
  private length = 0;
  private taken = 0;

  /** Adds a count of 0, and gives its index. */
  begin(): number {
    if (this.length % COUNTS_A_BLOCK === 0) this.blocks.push(new Uint32Array(COUNTS_A_BLOCK));
    return this.length++;
  }

  at(index: number): number {
    return this.blocks[Math.floor(index / COUNTS_A_BLOCK)]![index % COUNTS_A_BLOCK]!;
  }

  set(index: number, count: number): void {
    this.blocks[Math.floor(index / COUNTS_A_BLOCK)]![index % COUNTS_A_BLOCK] = count;
  }

  /**
   * Puts the next counts, which are those of the record of this name, among the record's values; of a short record only
   * if the field is there. False if the record is to be left out.
   */
  fix(dialect: Dialect, name: string, fields: JsonObject, values: FieldValues): boolean {
    let isLeftOut = false;
    for (const { field } of countRules(dialect).ofRecord.get(name) ?? []) {
      if (this.taken === this.length) {
        throw new CrimgError(
          "usage",
          "the lines are not the same when they are read again, so no count is right",
        );
      }
      const count = this.at(this.taken++);
      if (count === LEFT_OUT) isLeftOut = true;
      else if (field in fields) values[field] = typeof values[field] === "bigint" ? BigInt(count) : count;
    }
    return !isLeftOut;
  }
}

/**
 * What stands in the lines, counted: a count stands before what it counts, so all lines are read once before the first
 * is encoded. What is wrong with a line is for the encoder to say, unless it keeps us from counting.
 */
export async function countLines(chunks: LineChunks, formats: readonly StreamFormat[]): Promise<LineCounts> {
  const counter = new LineCounter(formats);
  for await (const { lines, first } of textLines(chunks)) {
    for (const [i, text] of lines.entries()) if (!isBlankLine(text)) counter.add(text, first + i);
  }
  return counter.counts;
}

/** As decode writes lines that have a name. Of most of them no more counts. */
const START = /^\{"kind":"(record|raw)","name":"([^"\\]+)"/;
const none: readonly CountRule[] = [];

class LineCounter {
  readonly counts = new LineCounts();
  private rules: CountRules | undefined;
  /** The counts that go on, and where they are. */
  private readonly open = new Map<CountRule, number>();
  /** The name of the record that the line before is of. */
  private before: string | undefined;

  constructor(private readonly formats: readonly StreamFormat[]) {}

  add(text: string, number: number): void {
    const [, startKind, startName] = START.exec(text) ?? [];
    const start: JsonObject =
      startKind === undefined ? parseLine(text, number) : { kind: startKind, name: startName };
    const { kind, name } = start;
    const { before, rules } = this;
    this.before = undefined;
    if (kind === "image") this.beginImage(start);
    if (rules === undefined || typeof name !== "string") return;
    if (kind === "record") {
      this.addTo(rules.byRecord.get(name), text, number);
      this.beginRecord(rules, name, before === name);
      this.before = name;
    } else if (kind === "raw") this.addTo(rules.byBlock.get(name), text, number);
  }

  private beginImage(line: JsonObject): void {
    this.open.clear();
    const dialect = dialectOfLine(this.formats, line)?.dialect;
    this.rules = dialect && countRules(dialect);
  }

  private addTo(rules = none, text: string, number: number): void {
    const { counts, open } = this;
    let line: JsonObject | undefined;
    for (const rule of rules) {
      const index = open.get(rule);
      if (index === undefined) continue;
      const count = counts.at(index);
      if (rule.onlyFirst && count > 0) continue;
      let more = 1;
      if (rule.adds !== 1) {
        // What the encoder is going to read in full need not be read in full twice, unless it counts.
        line ??= parseLine(text, number);
        more = rule.adds(line, number);
      }
      if (count + more >= LEFT_OUT) {
        const message = `${rule.record}.${rule.field} would be more than can be counted here`;
        throw lineError(number, "", message, "out-of-range");
      }
      counts.set(index, count + more);
    }
  }

  private beginRecord(rules: CountRules, name: string, followsItsLike: boolean): void {
    const { counts, open } = this;
    const own = rules.ofRecord.get(name) ?? none;
    if (followsItsLike) {
      for (const rule of own) if (rule.endsAtZero) counts.set(open.get(rule)!, LEFT_OUT);
    }
    for (const rule of rules.endedBy.get(name) ?? none) open.delete(rule);
    for (const rule of own) open.set(rule, counts.begin());
  }
}
