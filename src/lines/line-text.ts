import { isSameAbi } from "../codec/abi.js";
import { strideOf } from "../codec/grammar.js";
import { hexOf } from "../codec/hex.js";
import { jsonMembers } from "../codec/json.js";
import type { BoundTable } from "../codec/table.js";
import {
  elements,
  type ImageStart,
  type Item,
  type RawItem,
  type RecordItem,
  type UnknownItem,
} from "../stream/item.js";
import { toBase64 } from "./base64.js";
import { headerMembers } from "./header-members.js";
import { hexOfMany } from "./hex.js";
import { LINES_FORMAT, LINES_VERSION, type PagesMode } from "./line.js";

/** The lines of what the walk yields, without their ends. */

export function headLine(pages: PagesMode): string {
  return JSON.stringify({ kind: "head", format: LINES_FORMAT, version: LINES_VERSION, pages });
}

export function imageLine({ index, offset, dialect, abi, why }: ImageStart): string {
  const other = isSameAbi(abi, dialect.abi) ? {} : { abi };
  return JSON.stringify({ kind: "image", image: index, offset, dialect: dialect.name, ...other, why });
}

export function recordLine(item: RecordItem): string {
  const { name, path, offset, length, bytes, fields, excess } = item;
  const { framing } = item.image.dialect;
  const { header } = framing;
  const table: BoundTable = item.table;
  const line = `{"kind":"record","name":"${name}","path":"${path}","offset":${offset},${headerMembers(framing, item.header)},"fields":{`;
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
  const { block, bytes, count, image } = item;
  const element = block.element?.at(image.abi);
  if (element === undefined) return `${rawStart(item, 0)},"bytes":"${hexOfMany(bytes)}"}`;
  const cut = bytes.subarray(count * element.size);
  const end = cut.length === 0 ? "" : `,"cut":"${hexOf(cut)}"`;
  return `${rawStart(item, 0)},"values":[${valueTexts(item, element).join(",")}]${end}}`;
}

function valueTexts(item: RawItem, element: BoundTable): string[] {
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

/** The start of the line of a raw block, or of a part of it; `done` bytes of its elements stand in lines before. */
function rawStart({ name, path, offset, first, block, image }: RawItem, done: number): string {
  const told = strideOf(block, image.abi);
  const stride = typeof told === "number" ? told : image.abi.page;
  const before = first + Math.floor(done / stride);
  return `{"kind":"raw","name":"${name}","path":"${path}","offset":${offset + done}${before === 0 ? "" : `,"first":${before}`}`;
}

export function unknownRecordLine({ path, offset, bytes, header, image }: UnknownItem): string {
  const { framing } = image.dialect;
  const { type } = header!;
  return `{"kind":"unknown","path":"${path}","offset":${offset},"type":${type},${headerMembers(framing, header!)},"bytes":"${hexOfMany(bytes.subarray(framing.header.size))}"}`;
}

/** `done` bytes of the stretch stand in lines before. */
export function stretchLine(item: Item, done: number, bytes: Uint8Array): string {
  const kind = item.kind === "gap" ? "gap" : "unknown";
  return `{"kind":"${kind}","path":"${item.path}","offset":${item.offset + done},"bytes":"${hexOfMany(bytes)}"}`;
}
