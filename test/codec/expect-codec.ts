import { expect } from "vitest";
import type { Abi, ByteOrder } from "../../src/codec/abi.js";
import { parserOf } from "../../src/codec/binary-parser.js";
import { hexOf } from "../../src/codec/hex.js";
import { decodeTable, encodeTable, type Shape, type Table, type Values } from "../../src/codec/table.js";
import { bytesOfHex } from "./bytes-of-hex.js";

/**
 * States that a table's payload of these bytes has these values: read by our own decoder, read by binary-parser,
 * and written back. The table's size must be that of the bytes, unless its last field takes the rest.
 */
export function expectCodec<S extends Shape>(
  table: Table<S>,
  hex: string,
  values: Values<S>,
  abi: Abi | ByteOrder = "little",
): void {
  const bytes = bytesOfHex(hex);
  const { size } = table.at(abi);
  if (table.variable) expect(bytes.length, "size").toBeGreaterThanOrEqual(size);
  else expect(size, "size").toBe(bytes.length);
  expect(decodeTable(table, bytes, abi), "decode").toEqual(values);
  expect(parserOf(table, abi).parse(bytes), "binary-parser").toEqual(values);
  expect(hexOf(encodeTable(table, values, abi, bytes.length)), "encode").toBe(hexOf(bytes));
}
