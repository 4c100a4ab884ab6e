/**
 * crimg/codec: what crimg's formats are declared with, for whoever has binary structs of their own. A table is declared
 * once, and decoder, encoder, JSON, JSON Schema and a binary-parser `Parser` come from it; a grammar says in which order
 * records follow each other.
 *
 * @example
 * const area = table({ name: "AREA", struct: "area", doc: "A memory area.", source: "" }, {
 *   start: long("First address.", { show: "address" }),
 *   pages: u32("Length.", { unit: "pages" }),
 * });
 * const abi = { order: "little", word: 4, page: 4096, arch: "i386" } as const;
 * const { start, pages } = decodeTable(area, bytes, abi);
 */

export { CrimgError, type ErrorCode, type Position } from "../errors.js";
export type { Abi, ByteOrder } from "./abi.js";
export { parserOf, type TableParser } from "./binary-parser.js";
export { actualText, enumText, flagsText, symbolicText, timeText } from "./describe.js";
export { escapeText } from "./escape.js";
export {
  type AbiField,
  array,
  bytes,
  type DeclaredField,
  type DefinedBy,
  type Enumeration,
  type Field,
  type FieldHints,
  type FieldKind,
  type FlagSet,
  type IntegerKind,
  isStale,
  long,
  pad,
  s16,
  s32,
  text,
  u8,
  u16,
  u32,
  u64,
  type Valid,
} from "./field.js";
export {
  type Amount,
  type Automaton,
  type ChoiceNode,
  type Condition,
  choice,
  compileGrammar,
  counted,
  type FieldRef,
  type Grammar,
  type GrammarPlace,
  type GrammarStep,
  type GroupNode,
  group,
  type Node,
  type OptionalNode,
  optional,
  type RawBlock,
  type RecordNode,
  type RepeatNode,
  record,
  type SequenceNode,
  sequence,
  until,
  when,
} from "./grammar.js";
export { conditionText, grammarLines, rawText } from "./grammar-text.js";
export { hexOf } from "./hex.js";
export { type JsonPrinter, jsonMembers, jsonSchemaOf } from "./json.js";
export { jsonText } from "./json-text.js";
export type { Decode, Encode, LayoutField } from "./layout.js";
export {
  type BoundTable,
  decodeTable,
  encodeTable,
  type Placed,
  type Shape,
  type Table,
  type TableHead,
  table,
  type Values,
} from "./table.js";
export { decodeText, encodeText, splitAtNul, trimNuls } from "./text.js";
