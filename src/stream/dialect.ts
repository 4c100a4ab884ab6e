import { type Abi, isSameAbi } from "../codec/abi.js";
import { type Automaton, compileGrammar, type Node, type RawBlock } from "../codec/grammar.js";
import type { BoundTable, Table } from "../codec/table.js";
import type { Framing } from "./framing.js";

/** One exact layout within a format. */
export interface Dialect extends DialectParts {
  readonly name: string;
  /** Compiled from `image`, on first use. */
  readonly automaton: Automaton;
  /** The record of a header's type; undefined for numbers the dialect does not give. */
  byType(type: number): RecordSpec | undefined;
  /** The record of a name; undefined for records the dialect does not have. */
  byName(name: string): RecordSpec | undefined;
  /** The same dialect in images of another machine: `abi` and the layouts are that machine's. */
  at(abi: Abi): Dialect;
  /** Declares a dialect by what is different from this one. */
  next(name: string, changes: Partial<DialectParts>): Dialect;
}

/** What a dialect is declared with. */
export interface DialectParts {
  /** One sentence: what is new. */
  readonly doc: string;
  /** The number in the head, where the format has one. */
  readonly rev: number;
  /** Series of kernels (or tools) that write and read it. */
  readonly series: readonly string[];
  readonly framing: Framing;
  /** The machine that its images are known from: what is written anew is written for it, unless told otherwise. */
  readonly abi: Abi;
  /** Set if images of other machines are known, too: lines of one then say which. */
  readonly anyAbi?: true;
  /** The record that opens an image. Another one of it begins another image. */
  readonly begins: string;
  /** The records that end one. */
  readonly ends: readonly string[];
  /** The number of each record. */
  readonly types: Readonly<Record<string, number>>;
  /** The payload of each record; several where its length tells which. */
  readonly tables: Readonly<Record<string, Table | readonly Table[]>>;
  /** The order of records. */
  readonly image: Node;
}

/** One record of a dialect. */
export interface RecordSpec {
  readonly name: string;
  readonly type: number;
  readonly tables: readonly BoundTable[];
  /** Raw blocks that follow it, wherever it stands. */
  readonly raw: readonly RawBlock[];
  /** Records that may follow it, wherever it stands. */
  readonly followers: readonly string[];
  /** True if payloads differ in length from image to image (text, bytes). */
  readonly variable: boolean;
  /** True of the record that opens an image, and of those that end one. */
  readonly begins: boolean;
  readonly ends: boolean;
  /** The table for a payload of `length` bytes; of several the longest that fits, else the first. */
  tableFor(length: number): BoundTable;
}

/** Declares a dialect. */
export function dialect(name: string, parts: DialectParts): Dialect {
  const others = new Map<string, Dialect>();
  let automaton: Automaton | undefined;
  let specs: Map<number, RecordSpec> | undefined;
  const compiled = () => {
    automaton ??= compileGrammar(parts.image);
    return automaton;
  };
  const byType = () => {
    specs ??= new Map(
      Object.entries(parts.types).map(([record, type]) => [
        type,
        recordSpec(record, type, parts, compiled()),
      ]),
    );
    return specs;
  };
  const made: Dialect = {
    ...parts,
    name,
    get automaton() {
      return compiled();
    },
    byType: type => byType().get(type),
    byName: record => byType().get(parts.types[record] ?? Number.NaN),
    at(abi) {
      if (isSameAbi(abi, parts.abi)) return made;
      const key = `${abi.arch} ${abi.order} ${abi.word} ${abi.page}`;
      const other = others.get(key) ?? dialect(name, { ...parts, abi });
      others.set(key, other);
      return other;
    },
    next: (newName, changes) => dialect(newName, { ...parts, ...changes }),
  };
  return made;
}

function recordSpec(
  name: string,
  type: number,
  { abi, tables: declared, begins, ends }: DialectParts,
  { places, steps }: Automaton,
): RecordSpec {
  const oneOrMore = declared[name]!;
  const tables = ("layout" in oneOrMore ? [oneOrMore] : oneOrMore).map(table => table.at(abi));
  const place = places.find(({ record }) => record === name);
  return {
    name,
    type,
    tables,
    raw: place?.raw ?? [],
    followers: place === undefined ? [] : steps[place.id]!.map(({ to }) => to.record),
    variable: tables.some(table => table.variable),
    begins: begins === name,
    ends: ends.includes(name),
    tableFor(length) {
      const [first] = tables as [BoundTable];
      if (first.size === length) return first;
      const exact = tables.find(table => table.size === length);
      return exact ?? tables.findLast(table => table.size <= length) ?? first;
    },
  };
}
