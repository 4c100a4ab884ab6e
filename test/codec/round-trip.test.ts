import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ByteOrder } from "../../src/codec/abi.js";
import { parserOf } from "../../src/codec/binary-parser.js";
import { decodeTable, encodeTable, type Table, type Values } from "../../src/codec/table.js";
import { encodeText } from "../../src/codec/text.js";
import { shareOf } from "../share.js";
import { arbitraryAbi, arbitraryTable } from "./arbitrary-table.js";
import { arbitraryPayload, arbitraryValues } from "./arbitrary-values.js";
import { tables } from "./tables.js";

const orders: readonly ByteOrder[] = ["little", "big"];

/** What a payload of these values takes: more than the table's size only where the last field is the rest. */
function lengthOf(table: Table, values: Values<Table["fields"]>): number {
  if (!table.variable) return table.size;
  const last = values[table.layout.at(-1)!.name] as string | Uint8Array;
  return table.size + (typeof last === "string" ? encodeText(last) : last).length;
}

test("the format's tables are all found", () => {
  expect(tables.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      "header",
      "head",
      "vma",
      "cpu784",
      "cpu896",
      "cpu272",
      "fxsave",
      "fsave",
      "tail",
    ]),
  );
});

describe.each(tables)("%s", (_, table) => {
  describe.each(orders)("%s-endian", order => {
    test("random values come back from their bytes", () => {
      fc.assert(
        fc.property(arbitraryValues(table), values => {
          const bytes = encodeTable(table, values, order, lengthOf(table, values));
          expect(decodeTable(table, bytes, order)).toEqual(values);
        }),
        { numRuns: shareOf(50, 3) },
      );
    });

    test("random bytes come back from their values, and binary-parser reads the same values", () => {
      const parser = parserOf(table, order);
      fc.assert(
        fc.property(arbitraryPayload(table), bytes => {
          const values = decodeTable(table, bytes, order);
          expect(parser.parse(bytes)).toEqual(values);
          expect(encodeTable(table, values, order, bytes.length)).toEqual(bytes);
        }),
        { numRuns: shareOf(50, 3) },
      );
    });

    test("payloads of one repeated byte come back", () => {
      for (const byte of [0x00, 0x7f, 0x80, 0xff]) {
        const bytes = new Uint8Array(table.size + (table.variable ? 5 : 0)).fill(byte);
        expect(encodeTable(table, decodeTable(table, bytes, order), order, bytes.length)).toEqual(bytes);
      }
    });
  });
});

describe("a table of fields of any kind, in any abi", () => {
  const input = fc.tuple(arbitraryTable(), arbitraryAbi).chain(([table, abi]) => {
    return fc.tuple(fc.constant(table), fc.constant(abi), arbitraryPayload(table.at(abi)));
  });

  test("random bytes come back from their values, and binary-parser reads the same values", () => {
    fc.assert(
      fc.property(input, ([table, abi, bytes]) => {
        const values = decodeTable(table, bytes, abi);
        expect(parserOf(table, abi).parse(bytes)).toEqual(values);
        expect(encodeTable(table, values, abi, bytes.length)).toEqual(bytes);
      }),
      { numRuns: shareOf(200, 3) },
    );
  });
});
