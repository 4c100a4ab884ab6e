import type { Field } from "../codec/field.js";
import type { LayoutField } from "../codec/layout.js";
import type { BoundTable } from "../codec/table.js";
import { encodeText } from "../codec/text.js";
import type { FieldValues } from "./field-values.js";
import { bytesOfHex } from "./hex.js";
import { RECORD_A_LINE } from "./limits.js";
import { type JsonObject, lineError } from "./line.js";

/** A payload, made ready to be written. */
export interface RecordPayload {
  /** In bytes; what the table does not fill is 0. */
  readonly length: number;
  /** Bytes of the struct that are written: all, unless the payload is short. */
  readonly whole: number;
  /** What stands behind them. */
  readonly rest: Uint8Array;
}

/** Bytes that a text takes which ends a payload, if nothing else says how many: with the NULs that its writer adds. */
export function filledLength({ fill }: Field, text: Uint8Array): number {
  return Math.max(fill?.least ?? 0, text.length + (fill?.nuls ?? 0));
}

/**
 * The payload of a record's line. `told` is how many bytes the line says that it has, if that is to be believed: so many
 * NULs fill a text up, of which JSON has none.
 */
export function recordPayload(
  table: BoundTable,
  line: JsonObject,
  values: FieldValues,
  told: number | undefined,
  number: number,
): RecordPayload {
  if (table.variable) return variablePayload(table, values, told, number);
  if (line["short"] !== undefined) return shortPayload(table, line, number);
  const rest = optionalHex(line["excess"]);
  return { length: table.size + rest.length, whole: table.size, rest };
}

const nothing = new Uint8Array(0);

function variablePayload(
  table: BoundTable,
  values: FieldValues,
  told: number | undefined,
  number: number,
): RecordPayload {
  const { name, field } = table.layout.at(-1)!;
  const value = values[name] as string | Uint8Array;
  let { length } = value;
  if (typeof value === "string") {
    const bytes = encodeText(value);
    length = told === undefined ? filledLength(field, bytes) : Math.max(bytes.length, told - table.size);
    if (length - bytes.length > RECORD_A_LINE) {
      const message = `a text is filled up with at most ${RECORD_A_LINE} NULs, here it would be ${length - bytes.length}`;
      throw lineError(number, "/len", message, "out-of-range");
    }
  }
  return { length: table.size + length, whole: table.size + length, rest: nothing };
}

function shortPayload(table: BoundTable, line: JsonObject, number: number): RecordPayload {
  const rest = optionalHex(line["short"]);
  const cut = firstMissing(table, line["fields"] as JsonObject);
  if (cut === undefined) {
    throw lineError(number, "/short", `no field of ${table.name} is missing, so nothing is short`);
  }
  if (rest.length >= cut.size) {
    const message = `${rest.length} bytes, but ${cut.name}, the next field, has only ${cut.size}`;
    throw lineError(number, "/short", message);
  }
  return { length: cut.offset + rest.length, whole: cut.offset, rest };
}

function firstMissing(table: BoundTable, fields: JsonObject): LayoutField | undefined {
  return table.layout.find(({ name }) => fields[name] === undefined);
}

function optionalHex(text: unknown): Uint8Array {
  return text === undefined ? nothing : bytesOfHex(text as string);
}
