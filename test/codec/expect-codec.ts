import { expect } from "vitest";
import { parserOf } from "../../src/codec/binary-parser.js";
import type { ByteOrder } from "../../src/codec/field.js";
import { hexOf } from "../../src/codec/json.js";
import { decodeTable, encodeTable, type Shape, type Table, type Values } from "../../src/codec/table.js";
import { bytesOfHex } from "./bytes-of-hex.js";

/**
 * States that a table's payload of these bytes has these values: read by the compiled decoder, read by binary-parser,
 * and written back. The table's size must be that of the bytes, unless its last field takes the rest.
 */
export function expectCodec<S extends Shape>(
  table: Table<S>,
  hex: string,
  values: Values<S>,
  order: ByteOrder = "little",
): void {
  const bytes = bytesOfHex(hex);
  if (table.variable) expect(bytes.length, "size").toBeGreaterThanOrEqual(table.size);
  else expect(table.size, "size").toBe(bytes.length);
  expect(decodeTable(table, bytes, order), "decode").toEqual(values);
  expect(parserOf(table, order).parse(bytes), "binary-parser").toEqual(values);
  expect(hexOf(encodeTable(table, values, order, bytes.length)), "encode").toBe(hexOf(bytes));
}
