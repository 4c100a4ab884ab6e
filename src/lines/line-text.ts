import { hexOf, jsonMembers } from "../codec/json.js";
import type { Table } from "../codec/table.js";
import { header } from "../formats/cr/records.js";
import {
  elements,
  type GapItem,
  type ImageStart,
  type RawItem,
  type RecordItem,
  type UnknownItem,
} from "../stream/item.js";
import { toBase64 } from "./base64.js";
import { hexOfMany } from "./hex.js";
import { FORMAT, type PagesMode, VERSION } from "./line.js";

/** The lines of what the walk yields, without their ends. */

export function headLine(pages: PagesMode): string {
  return JSON.stringify({ kind: "head", format: FORMAT, version: VERSION, pages });
}

export function imageLine({ index, offset, dialect, why }: ImageStart): string {
  return JSON.stringify({ kind: "image", image: index, offset, dialect: dialect.name, why });
}

export function recordLine(item: RecordItem): string {
  const { name, path, offset, length, bytes, fields, excess } = item;
  const { parent, len } = item.header;
  const table: Table = item.table;
  const line = `{"kind":"record","name":"${name}","path":"${path}","offset":${offset},"parent":${parent},"len":${len},"fields":{`;
  if (length < header.size + table.size) {
    const count = Object.keys(fields).length;
    const whole = header.size + table.layout[count]!.offset;
    const members = jsonMembers(table, count)(fields as never);
    return `${line}${members}},"short":"${hexOf(bytes.subarray(whole))}"}`;
  }
  const members = jsonMembers(table)(fields as never);
  return `${line}${members}}${excess === undefined ? "" : `,"excess":"${hexOf(excess)}"`}}`;
}

/** A raw block, or a part of one, that is not page contents. */
export function rawLine(item: RawItem): string {
  const { block, bytes, count } = item;
  if (block.element === undefined) return `${rawStart(item, 0)},"bytes":"${hexOfMany(bytes)}"}`;
  const cut = bytes.subarray(count * block.element.size);
  const end = cut.length === 0 ? "" : `,"cut":"${hexOf(cut)}"`;
  return `${rawStart(item, 0)},"values":[${valueTexts(item, block.element).join(",")}]${end}}`;
}

function valueTexts(item: RawItem, element: Table): string[] {
  const values = elements<Record<string, number | bigint>>(item);
  const members = jsonMembers(element);
  const { layout } = element;
  if (layout.length > 1) return values.map(value => `{${members(value as never)}}`);
  // `"name":value`, of which an element of one field has only the value.
  const start = JSON.stringify(layout[0]!.name).length + 1;
  return values.map(value => members(value as never).slice(start));
}

/** `done` bytes of the page contents stand in lines before. */
export function pagesLine(item: RawItem, done: number, bytes: Uint8Array): string {
  return `${rawStart(item, done)},"base64":"${toBase64(bytes)}"}`;
}

/** Page contents that are not in the lines. */
export function pagesBesideLine(item: RawItem): string {
  return `${rawStart(item, 0)},"length":${item.length}}`;
}

function rawStart({ name, path, offset, first, image }: RawItem, done: number): string {
  const before = first + done / image.abi.page;
  return `{"kind":"raw","name":"${name}","path":"${path}","offset":${offset + done}${before === 0 ? "" : `,"first":${before}`}`;
}

export function unknownRecordLine({ path, offset, bytes, header: found }: UnknownItem): string {
  const { type, parent, len } = found!;
  return `{"kind":"unknown","path":"${path}","offset":${offset},"type":${type},"parent":${parent},"len":${len},"bytes":"${hexOfMany(bytes.subarray(header.size))}"}`;
}

/** `done` bytes of the stretch stand in lines before. */
export function stretchLine(item: UnknownItem | GapItem, done: number, bytes: Uint8Array): string {
  return `{"kind":"${item.kind}","path":"${item.path}","offset":${item.offset + done},"bytes":"${hexOfMany(bytes)}"}`;
}
