import { type FieldRef, type Node, type RawBlock, strideOf } from "../codec/grammar.js";
import type { BoundTable } from "../codec/table.js";
import { encodeText } from "../codec/text.js";
import type { Dialect } from "../stream/dialect.js";
import { base64Length } from "./base64.js";
import { errorInLine, type JsonObject } from "./line.js";
import { filledLength } from "./record-payload.js";

/** A field that counts or measures what follows its record. */
export interface CountRule {
  readonly record: string;
  readonly field: string;
  /** How much a line adds: 1, whatever it says, or what it holds, for which it must be read in full. */
  readonly adds: 1 | ((line: JsonObject, number: number) => number);
  /** Only the first line that adds something counts. */
  readonly onlyFirst: boolean;
  /** A count of 0 would end a list: where another record of its kind follows at once, the record is left out. */
  readonly endsAtZero: boolean;
}

/** The rules of a dialect, by the names of what they are about. */
export interface CountRules {
  /** The counts that a record has. */
  readonly ofRecord: ReadonlyMap<string, readonly CountRule[]>;
  /** Those that a record's line adds to. */
  readonly byRecord: ReadonlyMap<string, readonly CountRule[]>;
  /** Those that a raw block's line adds to. */
  readonly byBlock: ReadonlyMap<string, readonly CountRule[]>;
  /**
   * Those that a record ends: another of their own, or one that begins the next round of the outermost repetition that
   * theirs stands in. Lines that somebody edits are out of order, but what is out of place in one task is none of another.
   */
  readonly endedBy: ReadonlyMap<string, readonly CountRule[]>;
}

/** What a field counts: rounds of a repetition by their first records, elements of a block, or bytes of a payload. */
type Counted =
  | { readonly of: "rounds"; readonly names: readonly string[] }
  | { readonly of: "elements" | "elements in use"; readonly block: RawBlock }
  | { readonly of: "bytes"; readonly name: string };

const derived = new WeakMap<Dialect, CountRules>();

/** The rules that the grammar of a dialect makes. */
export function countRules(dialect: Dialect): CountRules {
  const rules = derived.get(dialect) ?? deriveRules(dialect);
  derived.set(dialect, rules);
  return rules;
}

function deriveRules(dialect: Dialect): CountRules {
  const found = new Map<FieldRef, Counted>();
  const zeroEnds = new Set<FieldRef>();
  /** By record: those that begin a round of the outermost repetition it stands in. */
  const around = new Map<string, Set<string>>();

  const visit = (node: Node, heads: readonly string[]): void => {
    switch (node.kind) {
      case "record":
        around.set(node.record, new Set([...(around.get(node.record) ?? []), ...heads]));
        if (node.length !== undefined) note(node.length, { of: "bytes", name: node.record });
        for (const block of node.raw) {
          if (block.used !== undefined) note(block.used, { of: "elements in use", block });
          // What a field of another record says is the size of each such block, and no count.
          if (recordOf(block.count) === node.record) note(block.count as FieldRef, { of: "elements", block });
        }
        return;
      case "repeat": {
        const { count, until, body } = node;
        const names = firstRecords(body);
        // Of a field that counts a block as well (the ids of all tasks, before the tasks) the rounds decide.
        if (typeof count === "string" && found.get(count)?.of !== "rounds") {
          found.set(count, { of: "rounds", names });
        }
        if (until?.is === "=" && until.value === 0) zeroEnds.add(until.field);
        visit(body, heads.length > 0 ? heads : names);
        return;
      }
      case "sequence":
        for (const part of node.parts) visit(part, heads);
        return;
      case "choice":
        for (const option of node.options) visit(option, heads);
        return;
      default:
        visit(node.body, heads);
    }
  };
  /** Of several things that one field counts the first will do: they are as many as each other. */
  const note = (ref: FieldRef, counted: Counted) => {
    if (!found.has(ref)) found.set(ref, counted);
  };
  visit(dialect.image, []);

  const ofRecord = new Map<string, CountRule[]>();
  const byRecord = new Map<string, CountRule[]>();
  const byBlock = new Map<string, CountRule[]>();
  const endedBy = new Map<string, CountRule[]>();
  for (const [ref, counted] of found) {
    const record = recordOf(ref)!;
    const rule = {
      record,
      field: ref.slice(record.length + 1),
      adds: adderOf(counted, dialect),
      onlyFirst: counted.of === "bytes",
      endsAtZero: zeroEnds.has(ref),
    };
    addTo(ofRecord, record, rule);
    for (const name of new Set([record, ...(around.get(record) ?? [])])) addTo(endedBy, name, rule);
    if ("block" in counted) addTo(byBlock, counted.block.name, rule);
    else
      for (const name of counted.of === "bytes" ? [counted.name] : counted.names) addTo(byRecord, name, rule);
  }
  return { ofRecord, byRecord, byBlock, endedBy };
}

function addTo<T>(lists: Map<string, T[]>, name: string, value: T): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [value]);
  else list.push(value);
}

/** `MM` of `MM.map_count`; undefined for a constant. */
function recordOf(amount: FieldRef | number): string | undefined {
  return typeof amount === "string" ? amount.slice(0, amount.indexOf(".")) : undefined;
}

/** The records that a round of something begins with, whichever they are. */
function firstRecords(node: Node): readonly string[] {
  switch (node.kind) {
    case "record":
      return [node.record];
    case "sequence":
      // What may be left out begins no round: what stands behind it does in any case.
      return firstRecords(node.parts.find(({ kind }) => kind !== "optional") ?? node.parts[0]!);
    case "choice":
      return node.options.flatMap(firstRecords);
    default:
      return firstRecords(node.body);
  }
}

function adderOf(counted: Counted, dialect: Dialect): CountRule["adds"] {
  switch (counted.of) {
    case "rounds":
      return 1;
    case "elements":
      return line => elementsIn(line, counted.block, dialect);
    case "elements in use":
      return ({ values }) => (Array.isArray(values) ? values.filter(isUsed).length : 0);
    case "bytes":
      return payloadAdder(counted.name, dialect);
  }
}

function elementsIn(line: JsonObject, block: RawBlock, { abi }: Dialect): number {
  const { values, bytes, base64, length } = line;
  if (Array.isArray(values)) return values.length;
  const stride = strideOf(block, abi);
  const size = typeof stride === "number" ? stride : 1;
  if (typeof bytes === "string") return Math.floor(bytes.length / 2 / size);
  if (typeof base64 === "string") return Math.floor(base64Length(base64) / size);
  return typeof length === "number" ? Math.floor(length / size) : 0;
}

/** As lines have it: an element of one field is its value. */
function isUsed(element: unknown): boolean {
  const values = typeof element === "object" && element !== null ? Object.values(element) : [element];
  return values.flat(2).some(value => (typeof value === "string" ? !/^(0x)?0*$/.test(value) : value !== 0));
}

function payloadAdder(name: string, dialect: Dialect): CountRule["adds"] {
  const [table] = dialect.byName(name)!.tables as readonly [BoundTable, ...BoundTable[]];
  const last = table.layout.at(-1)!;
  return ({ fields }, number) => {
    const value = table.variable ? (fields as JsonObject | undefined)?.[last.name] : "";
    if (typeof value !== "string") return 0;
    if (last.field.kind !== "text") return table.size + value.length / 2;
    try {
      return table.size + filledLength(last.field, encodeText(value));
    } catch (error) {
      throw errorInLine(error, number, `/fields/${last.name}`);
    }
  };
}
