import type { Abi } from "../codec/abi.js";
import type { BoundTable, Shape, Values } from "../codec/table.js";
import { encodeText } from "../codec/text.js";
import { CrimgError } from "../errors.js";
import type { Dialect, RecordSpec } from "./dialect.js";

/** What a record says beside its fields. */
export interface RecordOptions {
  /** Values of its header other than `type` and `len`, such as `parent`; 0 for those that are not given. */
  readonly header?: Readonly<Record<string, number>>;
  /** The machine it is written for. Default: the dialect's own. */
  readonly abi?: Abi;
}

/**
 * A whole record, header and payload. Raw blocks that belong behind it are the caller's. Throws `out-of-range` for a value
 * that does not fit, `usage` for a record that the dialect does not have.
 */
export function encodeRecord(
  dialect: Dialect,
  name: string,
  fields: object,
  { header: given = {}, abi = dialect.abi }: RecordOptions = {},
): Uint8Array {
  const spec = dialect.at(abi).byName(name);
  if (spec === undefined) throw new CrimgError("usage", `${dialect.name} has no ${name} record`);
  if (typeof fields !== "object" || fields === null) {
    throw new CrimgError("usage", `${name} takes an object of its fields, found ${String(fields)}`);
  }
  const { header, most, len } = dialect.framing;
  const table = layoutFor(spec, fields);
  const length = table.variable ? variableLength(table, fields) : table.size;
  if (length > most) {
    throw new CrimgError("out-of-range", `a payload has at most ${most} bytes, ${name} would have ${length}`);
  }
  const bytes = new Uint8Array(header.size + length);
  const view = new DataView(bytes.buffer);
  header.at(abi).encode(view, 0, headerValues(dialect, { ...given, type: spec.type, len: len(length) }));
  table.encode(view, header.size, fields as Values<Shape>);
  return bytes;
}

/** The values of a header, 0 for those that are not given. */
export function headerValues(
  { framing }: Dialect,
  given: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(framing.header.layout.map(({ name }) => [name, given[name] ?? 0]));
}

/** Of several layouts of a record the one that these values fill. */
export function layoutFor(spec: RecordSpec, fields: object): BoundTable {
  return spec.tables.find(candidate => isWhole(candidate, fields)) ?? spec.tables[0]!;
}

/** True if every field of the table has a value; byte fields also of the right length, which tells some layouts apart. */
function isWhole(table: BoundTable, fields: object): boolean {
  return table.layout.every(({ name, field, size }) => {
    const value = (fields as Record<string, unknown>)[name];
    return value !== undefined && !(value instanceof Uint8Array && !field.rest && value.length !== size);
  });
}

function variableLength(table: BoundTable, fields: object): number {
  const { name } = table.layout.at(-1)!;
  const value = (fields as Record<string, unknown>)[name];
  if (typeof value === "string") return table.size + encodeText(value).length;
  // A value of the wrong type is for the encoder to refuse.
  return table.size + (value instanceof Uint8Array ? value.length : 0);
}
