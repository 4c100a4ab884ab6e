import { actualText, symbolicText } from "../codec/describe.js";
import { escapeText } from "../codec/escape.js";
import { isStale } from "../codec/field.js";
import { hexOf } from "../codec/hex.js";
import type { LayoutField } from "../codec/layout.js";
import type { BoundTable } from "../codec/table.js";
import type { Dialect } from "../stream/dialect.js";
import type { Header, RecordItem } from "../stream/item.js";
import type { Style } from "./style.js";

/** `0x00100073 READ|WRITE`: the value as it stands, and beside it what it means. */
export function valueText({ field }: LayoutField, value: unknown, style: Style): string {
  if (value instanceof Uint8Array) return bytesText(value);
  const actual = typeof value === "string" ? `"${escapeText(value)}"` : actualText(field, value);
  const symbolic = symbolicText(field, value);
  return symbolic === "" ? actual : `${actual} ${style.symbol(symbolic)}`;
}

/** What stands before a payload, field by field: `type 101  len 24  parent 0`. */
export function headerText(header: Header): string {
  return Object.entries(header)
    .map(([name, value]) => `${name} ${value}`)
    .join("  ");
}

/** Why the bytes are no data, in words. */
export function staleText({ field }: LayoutField): string {
  if (field.kind === "pad" || field.c === "pad") return "padding";
  if (typeof field.stale === "string") return `stale, ${field.stale}`;
  return field.defined === undefined ? "stale" : `stale, ${field.defined.field} is 0`;
}

/** The last raw block of a record whose counts the format settles: its true count may not be what the fields say. */
export function settledBlock(dialect: Dialect, record: string): string | undefined {
  const raw = dialect.byName(record)?.raw ?? [];
  return raw[0]?.settle === undefined ? undefined : raw.at(-1)!.name;
}

/** What a table shows of a record in a tree, worked out once. */
interface Shown {
  /** The fields of each line; `ifSet`: only if it is not 0. */
  readonly lines: readonly (readonly { readonly member: LayoutField; readonly ifSet: boolean }[])[];
  /** Fields that may hold leftovers. */
  readonly stale: readonly LayoutField[];
}

const shownOf = new WeakMap<BoundTable, Shown>();

function shown(table: BoundTable): Shown {
  let known = shownOf.get(table);
  if (known === undefined) {
    const { layout } = table;
    const lines = table.brief ?? [layout.map(({ name }) => name)];
    const entry = (name: string) => {
      const plain = name.replace("?", "");
      const member = layout.find(candidate => candidate.name === plain);
      return member === undefined ? [] : [{ member, ifSet: plain !== name }];
    };
    known = {
      lines: lines.map(names => names.flatMap(entry)),
      stale: layout.filter(({ field }) => field.stale !== undefined || field.defined !== undefined),
    };
    shownOf.set(table, known);
  }
  return known;
}

/** What a record says in short, a line each: the fields that its table is brief by, those that are there and hold data. */
export function briefLines({ table, fields }: RecordItem, style: Style): string[] {
  return shown(table).lines.map(line => {
    let text = "";
    for (const { member, ifSet } of line) {
      const value = fields[member.name];
      if (value === undefined || (ifSet && !value) || isStale(member.field, fields)) continue;
      text += `${text === "" ? "" : "  "}${style.name(member.name)} ${valueText(member, value, style)}`;
    }
    return text;
  });
}

/** Stale and padding bytes of a record that are not 0, each marked as such. */
export function leftovers({ table, fields }: RecordItem, style: Style): string[] {
  const texts: string[] = [];
  for (const member of shown(table).stale) {
    const value = fields[member.name];
    if (value === undefined || isZero(value) || !isStale(member.field, fields)) continue;
    const bytes =
      value instanceof Uint8Array ? `${value.length} bytes` : `0x${(value as number | bigint).toString(16)}`;
    texts.push(style.dim(`${member.name} ${bytes} (${staleText(member)})`));
  }
  return texts;
}

function isZero(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.every(byte => byte === 0);
  return value === 0 || value === 0n;
}

/** Bytes of a long field that are shown; all of them are in --hex and --jsonl. */
const BYTES_SHOWN = 32;

function bytesText(bytes: Uint8Array): string {
  const shown = hexOf(bytes.subarray(0, BYTES_SHOWN));
  return bytes.length > BYTES_SHOWN ? `${shown}... (${bytes.length} bytes)` : shown;
}
