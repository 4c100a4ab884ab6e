import { isStale } from "../codec/field.js";
import { hexOf } from "../codec/hex.js";
import { jsonMembers } from "../codec/json.js";
import type { LayoutField } from "../codec/layout.js";
import type { BoundTable, Table } from "../codec/table.js";
import { fpuStateOf } from "../formats/x86/fpu.js";
import { segmentOf } from "../formats/x86/segment.js";
import { descriptor, fxsave } from "../formats/x86/tables.js";
import type { Dialect } from "../stream/dialect.js";
import {
  elements,
  type Header,
  type ImageStart,
  type Item,
  type RawItem,
  type RecordItem,
  type UnknownItem,
} from "../stream/item.js";
import { settledBlock } from "./record-text.js";

/** One item as a line of JSON, without the line's end. schemas/dump-item.schema.json says what it holds. */
export function itemJson(item: Item): string {
  const { offset, length, kind, path } = item;
  const place = `{"offset":${offset},"length":${length},"kind":"${kind}"`;
  switch (item.kind) {
    case "record":
      return `${place},"type":${item.header.type},"name":"${item.name}"${otherMembers(item.header, item.image)},"path":"${path}","fields":{${recordFields(item)}}}`;
    case "raw":
      return `${place},"type":null,"name":"${item.name}"${noOtherMembers(item)},"path":"${path}","fields":{${rawFields(item)}}}`;
    case "unknown":
      return item.header === undefined
        ? `${place},"type":null,"name":null${noOtherMembers(item)},"path":"${path}","fields":{}}`
        : `${place},"type":${item.header.type},"name":null${otherMembers(item.header, item.image)},"path":"${path}","fields":{"len":${item.header.len}}}`;
    case "gap":
      return `${place},"type":null,"name":null,"parent":null,"path":"${path}","fields":{}}`;
  }
}

/** What a header has beside `type` and `len`, such as `parent`. */
function otherMembers(header: Header, { dialect }: ImageStart): string {
  let members = "";
  for (const name of derivedOf(dialect).header) members += `,"${name}":${header[name]}`;
  return members;
}

/** The same of what has no header. */
function noOtherMembers({ image }: RawItem | UnknownItem): string {
  return derivedOf(image.dialect)
    .header.map(name => `,"${name}":null`)
    .join("");
}

function recordFields(item: RecordItem): string {
  const { table, fields } = item;
  const { header } = item.image.dialect.framing;
  const { settled, contents } = derivedRecord(item);
  // Of a record that was cut short only the first fields are there.
  const isShort = item.length < header.size + table.size;
  const count = isShort ? Object.keys(fields).length : table.layout.length;
  let members = jsonMembers(table, count)(fields as never);
  if (settled !== undefined) members += `${count === 0 ? "" : ","}"${settled}":${item.counts.at(-1) ?? 0}`;
  for (const { name, field } of contents) {
    const value = fields[name];
    if (value !== undefined && !isStale(field, fields)) members += fpuMembers(value as Uint8Array, item);
  }
  if (item.excess !== undefined) members += `,"_excess":"${hexOf(item.excess)}"`;
  return members;
}

/** What is told of the records of a dialect beside their fields, worked out once. */
interface Derived {
  /** Fields of the header beside `type` and `len`. */
  readonly header: readonly string[];
  readonly records: Map<BoundTable, DerivedRecord>;
}

interface DerivedRecord {
  /** The block behind it whose true count the fields may not say. */
  readonly settled: string | undefined;
  /** Fields whose bytes are taken apart. */
  readonly contents: readonly LayoutField[];
}

const derived = new WeakMap<Dialect, Derived>();
let latest: { readonly dialect: Dialect; readonly found: Derived } | undefined;

function derivedOf(dialect: Dialect): Derived {
  // Nearly always the same as before: the map would be asked for each of millions of items.
  if (latest?.dialect === dialect) return latest.found;
  let found = derived.get(dialect);
  if (found === undefined) {
    const names = dialect.framing.header.layout.map(({ name }) => name);
    found = { header: names.filter(name => name !== "type" && name !== "len"), records: new Map() };
    derived.set(dialect, found);
  }
  latest = { dialect, found };
  return found;
}

function derivedRecord({ image: { dialect }, name, table }: RecordItem): DerivedRecord {
  const { records } = derivedOf(dialect);
  let found = records.get(table);
  if (found === undefined) {
    found = {
      settled: settledBlock(dialect, name),
      contents: table.layout.filter(({ field }) => field.content === "x86-fpu"),
    };
    records.set(table, found);
  }
  return found;
}

function rawFields(item: RawItem): string {
  const { name, block } = item;
  const element = block.element?.at(item.image.abi);
  if (block.extent) return `"count":${item.count}`;
  const first = item.first === 0 ? "" : `"first":${item.first},`;
  if (element === undefined) {
    const members = block.content === "x86-fpu" ? fpuMembers(item.bytes, item) : "";
    return `"${name}":"${hexOf(item.bytes)}"${members}`;
  }
  const values = elements<Record<string, unknown>>(item);
  const [only, second] = element.layout;
  const members = jsonMembers(element);
  if (second !== undefined)
    return `${first}"${name}":[${values.map(value => `{${members(value)}}`).join(",")}]`;
  // `"name":value`, of which an element of one field has only the value.
  const start = JSON.stringify(only!.name).length + 1;
  const list = values.map(value => members(value).slice(start)).join(",");
  const segments =
    block.element === (descriptor as Table) ? segmentMembers(values as { desc: bigint }[], item) : "";
  return `${first}"${name}":[${list}]${segments}`;
}

/** What the entries that are in use say; the others are empty. */
function segmentMembers(list: readonly { readonly desc: bigint }[], { first }: RawItem): string {
  const segments = list.flatMap(({ desc }, i) =>
    desc === 0n ? [] : [{ index: first + i, ...segmentOf(desc) }],
  );
  return `,"segments":${JSON.stringify(segments)}`;
}

/** The FXSAVE part by its fields; FSAVE, and what XSAVE adds, stay in the block's hex. */
function fpuMembers(xstate: Uint8Array, { image }: RecordItem | RawItem): string {
  const state = fpuStateOf(xstate, image.abi.order);
  if (state === undefined || state.kind === "fsave") return "";
  return `,"fxsave":{${jsonMembers(fxsave)(state.legacy)}}`;
}
