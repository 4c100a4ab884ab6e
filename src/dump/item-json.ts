import { hexOf, jsonMembers } from "../codec/json.js";
import type { Table } from "../codec/table.js";
import type { CrRecord } from "../formats/cr/item.js";
import { descriptor, fxsave } from "../formats/cr/records.js";
import { type FpuState, fpuStateOf } from "../formats/x86/fpu.js";
import { segmentOf } from "../formats/x86/segment.js";
import {
  elements,
  type Header,
  type Item,
  type RawItem,
  type RecordItem,
  type UnknownItem,
} from "../stream/item.js";

/** One item as a line of JSON, without the line's end. schemas/dump-item.schema.json says what it holds. */
export function itemJson(item: Item): string {
  const { offset, length, kind, path } = item;
  const place = `{"offset":${offset},"length":${length},"kind":"${kind}"`;
  switch (item.kind) {
    case "record":
      return `${place},"type":${item.header.type},"name":"${item.name}"${otherMembers(item.header)},"path":"${path}","fields":{${recordFields(item)}}}`;
    case "raw":
      return `${place},"type":null,"name":"${item.name}"${noOtherMembers(item)},"path":"${path}","fields":{${rawFields(item)}}}`;
    case "unknown":
      return item.header === undefined
        ? `${place},"type":null,"name":null${noOtherMembers(item)},"path":"${path}","fields":{}}`
        : `${place},"type":${item.header.type},"name":null${otherMembers(item.header)},"path":"${path}","fields":{"len":${item.header.len}}}`;
    case "gap":
      return `${place},"type":null,"name":null,"parent":null,"path":"${path}","fields":{}}`;
  }
}

/** What a header has beside `type` and `len`, such as `parent`. */
function otherMembers(header: Header): string {
  let members = "";
  for (const name in header) if (name !== "type" && name !== "len") members += `,"${name}":${header[name]}`;
  return members;
}

/** The same of what has no header. */
function noOtherMembers({ image }: RawItem | UnknownItem): string {
  let members = "";
  for (const { name } of image.dialect.framing.header.layout)
    if (name !== "type" && name !== "len") members += `,"${name}":null`;
  return members;
}

function recordFields(given: RecordItem): string {
  const item = given as CrRecord;
  const table: Table = item.table;
  const { header } = item.image.dialect.framing;
  // Of a record that was cut short only the first fields are there.
  const isShort = item.length < header.size + table.size;
  const count = isShort ? Object.keys(item.fields).length : table.layout.length;
  let members = jsonMembers(table, count)(item.fields as never);
  if (item.name === "PGARR") members += `${count === 0 ? "" : ","}"pages":${item.counts[0] ?? 0}`;
  if (item.name === "CPU" && item.fields.xstate !== undefined && item.fields.used_math) {
    members += fpuMembers(fpuStateOf(item.fields.xstate, item.image.abi.order));
  }
  if (item.excess !== undefined) members += `,"_excess":"${hexOf(item.excess)}"`;
  return members;
}

function rawFields(item: RawItem): string {
  const { name, block } = item;
  if (block.extent) return `"count":${item.count}`;
  const first = item.first === 0 ? "" : `"first":${item.first},`;
  if (block.element === undefined) {
    return `"${name}":"${hexOf(item.bytes)}"${fpuMembers(fpuStateOf(item.bytes, item.image.abi.order))}`;
  }
  const values = elements<Record<string, unknown>>(item);
  const [only, second] = block.element.layout;
  if (second !== undefined) {
    const members = jsonMembers(block.element);
    return `${first}"${name}":[${values.map(value => `{${members(value)}}`).join(",")}]`;
  }
  const list = values.map(value => value[only!.name]);
  if (block.element !== (descriptor as Table)) return `${first}"${name}":[${list.join(",")}]`;
  return `${first}"${name}":[${list.map(desc => `"0x${(desc as bigint).toString(16)}"`).join(",")}]${segmentMembers(list as bigint[], item.first)}`;
}

/** What the entries that are in use say; the others are empty. */
function segmentMembers(list: readonly bigint[], first: number): string {
  const segments = list.flatMap((desc, i) => (desc === 0n ? [] : [{ index: first + i, ...segmentOf(desc) }]));
  return `,"segments":${JSON.stringify(segments)}`;
}

/** The FXSAVE part by its fields; FSAVE, and what XSAVE adds, stay in the block's hex. */
function fpuMembers(state: FpuState | undefined): string {
  if (state === undefined || state.kind === "fsave") return "";
  return `,"fxsave":{${jsonMembers(fxsave)(state.legacy)}}`;
}
