import type { Field } from "../codec/field.js";
import type { BoundTable } from "../codec/table.js";
import { encodeText } from "../codec/text.js";
import { CrimgError } from "../errors.js";
import { bytesOfHex } from "./hex.js";
import { errorInLine, type JsonObject } from "./line.js";

/** Values of fields by their names, as a table's encoder takes them. */
export type FieldValues = Record<string, unknown>;

/**
 * The values of the fields that stand at `pointer` in a line: the inverse of `jsonMembers`. Fields that a short payload
 * lacks are 0. Throws, with the line's number, for what the schema lets through and the field cannot hold.
 */
export function fieldValues(
  table: BoundTable,
  fields: JsonObject,
  number: number,
  pointer = "/fields",
): FieldValues {
  const values: FieldValues = {};
  for (const { name, field } of table.layout) {
    const json = fields[name];
    try {
      values[name] = json === undefined ? zeroOf(field) : valueOfJson(field, json);
    } catch (error) {
      throw errorInLine(error, number, `${pointer}/${name}`);
    }
  }
  return values;
}

/** The value that JSON stands for in a field. Throws `out-of-range`, or `malformed` for what is no hex. */
export function valueOfJson(field: Field, json: unknown): unknown {
  switch (field.kind) {
    case "u64":
      return fitting(BigInt(json as string));
    case "bytes":
      return bytesOfHex(json as string);
    case "text":
      return fittingText(field, json as string);
    case "array":
      return (json as unknown[]).map(element => valueOfJson(field.element!, element));
    default:
      return json;
  }
}

function zeroOf(field: Field): unknown {
  switch (field.kind) {
    case "u64":
      return 0n;
    case "bytes":
      return new Uint8Array(field.size);
    case "text":
      return "";
    case "array":
      return Array.from({ length: field.count! }, () => zeroOf(field.element!));
    default:
      return 0;
  }
}

function fitting(value: bigint): bigint {
  if (BigInt.asUintN(64, value) === value) return value;
  throw new CrimgError("out-of-range", `${value} does not fit in 64 bits`);
}

function fittingText({ rest, size }: Field, text: string): string {
  const { length } = encodeText(text);
  if (rest || length <= size) return text;
  throw new CrimgError("out-of-range", `the field takes ${size} bytes, the text has ${length}`);
}
