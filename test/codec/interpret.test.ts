import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ByteOrder } from "../../src/codec/abi.js";
import { compileDecoder, compileEncoder } from "../../src/codec/compile.js";
import { compileJson } from "../../src/codec/compile-json.js";
import { interpretDecoder, interpretEncoder } from "../../src/codec/interpret.js";
import { interpretJson } from "../../src/codec/interpret-json.js";
import type { BoundTable, Placed } from "../../src/codec/table.js";
import { shareOf } from "../share.js";
import { arbitraryAbi, arbitraryTable } from "./arbitrary-table.js";
import { arbitraryPayload, arbitraryValues } from "./arbitrary-values.js";
import { outcomeOf } from "./outcome.js";
import { tables } from "./tables.js";

/** Where the payload begins in the view that is read or written: before and after it are other bytes. */
const AT = 3;
const anyOrder = fc.constantFrom<ByteOrder>("little", "big");
/** A payload of the table, one that is half NULs (text ends with them), or one that was cut short somewhere. */
const anyPayload = (table: Placed) =>
  fc.oneof(
    arbitraryPayload(table),
    arbitraryPayload(table).map(bytes => bytes.map(byte => (byte & 1 ? byte : 0))),
    fc.uint8Array({ maxLength: Math.max(0, table.size - 1) }),
  );
/** Things that are no value of any field, and values of fields of other kinds. */
const junk = fc.oneof(
  fc.anything({ maxDepth: 1 }),
  fc.integer(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
  fc.string({ unit: "binary" }),
  fc.uint8Array({ maxLength: 9 }),
  fc.array(fc.integer({ min: -1, max: 256 }), { maxLength: 4 }),
);

function decodesAlike({ layout }: Placed, payload: Uint8Array, order: ByteOrder): void {
  const bytes = new Uint8Array([...Array(AT).fill(0xee), ...payload]);
  const view = new DataView(bytes.buffer);
  const [compiled, interpreted] = [compileDecoder, interpretDecoder].map(make =>
    outcomeOf(() => make(layout, order)(view, AT, payload.length)),
  );
  expect(interpreted).toEqual(compiled);
}

function encodesAlike({ name, layout }: Placed, values: object, length: number, order: ByteOrder): void {
  const [compiled, interpreted] = [compileEncoder, interpretEncoder].map(make => {
    const bytes = new Uint8Array(AT + length).fill(0xee);
    const encode = make(name, layout, order);
    const outcome = outcomeOf(() => encode(new DataView(bytes.buffer), AT, values as never));
    return { outcome, bytes };
  });
  expect(interpreted).toEqual(compiled);
}

function printsAlike({ layout }: Placed, values: object, count: number): void {
  const [compiled, interpreted] = [compileJson, interpretJson].map(make =>
    outcomeOf(() => make(layout.slice(0, count))(values as never)),
  );
  expect(interpreted).toEqual(compiled);
}

/** What is held over random tables in any abi, and over each table of the formats. */
function alike(of: fc.Arbitrary<BoundTable>, numRuns: number): void {
  const withValues = of.chain(table => fc.tuple(fc.constant(table), arbitraryValues(table)));

  test("decodes alike, and fails alike where the payload is too short", () => {
    const input = of.chain(table => fc.tuple(fc.constant(table), anyPayload(table)));
    fc.assert(
      fc.property(input, anyOrder, ([table, payload], order) => decodesAlike(table, payload, order)),
      { numRuns },
    );
  });

  test("encodes alike, and fails alike where there is no room", () => {
    fc.assert(
      fc.property(withValues, fc.integer({ min: -2, max: 80 }), anyOrder, ([table, values], more, order) =>
        encodesAlike(table, values, Math.max(0, table.size + more), order),
      ),
      { numRuns },
    );
  });

  test("refuses alike what does not fit a field, in the same words, having written the same", () => {
    fc.assert(
      fc.property(withValues, fc.nat(), junk, anyOrder, ([table, values], at, value, order) => {
        const { name, field } = table.layout[at % table.layout.length] ?? {};
        if (name === undefined) return;
        encodesAlike(table, { ...values, [name]: value }, table.size + 20, order);
        // Within an array, too.
        const list = values[name];
        if (field?.kind !== "array" || !Array.isArray(list) || list.length === 0) return;
        const changed = list.with(at % list.length, value);
        encodesAlike(table, { ...values, [name]: changed }, table.size + 20, order);
      }),
      { numRuns },
    );
  });

  test("prints JSON alike, of all fields and of the first few", () => {
    fc.assert(
      fc.property(withValues, fc.nat(), ([table, values], count) => {
        printsAlike(table, values, table.layout.length);
        printsAlike(table, values, count % (table.layout.length + 1));
      }),
      { numRuns },
    );
  });
}

const anyTable = fc.tuple(arbitraryTable(), arbitraryAbi).map(([table, abi]) => table.at(abi));

describe("a table that is interpreted, of fields of all kinds", () => alike(anyTable, shareOf(300, 4)));

describe.each(tables)("%s, interpreted", (_, table) => {
  const bound = arbitraryAbi.map(abi => table.at(abi));
  alike(bound, shareOf(25, 3));
});
