import type { Shape, Table, Values } from "../codec/table.js";
import { encodeText } from "../codec/text.js";
import { CrimgError } from "../errors.js";
import { header, type RecordFields, type RecordName } from "../formats/cr/records.js";
import type { Dialect, RecordSpec } from "./dialect.js";

/**
 * A whole record, header and payload, in the byte order of the dialect. `parent` is a pid or an objref, 0 in most
 * records. Raw blocks that belong behind it are the caller's. Throws `out-of-range` for a value that does not fit.
 */
export function encodeRecord<N extends RecordName>(
  dialect: Dialect,
  name: N,
  fields: RecordFields[N],
  parent = 0,
): Uint8Array {
  const spec = dialect.byName(name);
  if (spec === undefined) throw new CrimgError("usage", `${dialect.name} has no ${name} record`);
  if (typeof fields !== "object" || fields === null) {
    throw new CrimgError("usage", `${name} takes an object of its fields, found ${String(fields)}`);
  }
  const table = layoutFor(spec, fields);
  const length = table.variable ? variableLength(table, fields) : table.size;
  if (length > 0x7fff) {
    throw new CrimgError("out-of-range", `a payload has at most 32767 bytes, ${name} would have ${length}`);
  }
  const bytes = new Uint8Array(header.size + length);
  const view = new DataView(bytes.buffer);
  header.encoder(dialect.order)(view, 0, { type: spec.type, len: length, parent });
  table.encoder(dialect.order)(view, header.size, fields as Values<Shape>);
  return bytes;
}

/** Of several layouts of a record the one that these values fill. */
export function layoutFor(spec: RecordSpec, fields: object): Table {
  return spec.tables.find(candidate => isWhole(candidate, fields)) ?? spec.tables[0]!;
}

/** True if every field of the table has a value; byte fields also of the right length, which tells CPU layouts apart. */
function isWhole(table: Table, fields: object): boolean {
  return table.layout.every(({ name, field, size }) => {
    const value = (fields as Record<string, unknown>)[name];
    return value !== undefined && !(value instanceof Uint8Array && !field.rest && value.length !== size);
  });
}

function variableLength(table: Table, fields: object): number {
  const { name } = table.layout.at(-1)!;
  const value = (fields as Record<string, unknown>)[name];
  if (typeof value === "string") return table.size + encodeText(value).length;
  // A value of the wrong type is for the encoder to refuse.
  return table.size + (value instanceof Uint8Array ? value.length : 0);
}
