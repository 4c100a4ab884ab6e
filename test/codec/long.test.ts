import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { Abi } from "../../src/codec/abi.js";
import { array, bytes, long, pad, text, u8, u16, u32 } from "../../src/codec/field.js";
import { jsonMembers, jsonSchemaOf } from "../../src/codec/json.js";
import { decodeTable, encodeTable, type Shape, table, type Values } from "../../src/codec/table.js";
import { CrimgError } from "../../src/errors.js";
import { bytesOfHex } from "./bytes-of-hex.js";
import { expectCodec } from "./expect-codec.js";
import { outcomeOf } from "./outcome.js";

const payload = <const S extends Shape>(fields: S) =>
  table({ name: "PGARR", struct: "ckpt_hdr_pgarr", doc: "Page addresses.", source: "v20" }, fields);

const abi = (order: Abi["order"], word: Abi["word"]): Abi => ({ order, word, page: 4096, arch: "" });
const i386 = abi("little", 4);
const x86_64 = abi("little", 8);
const s390 = abi("big", 4);
const s390x = abi("big", 8);

describe("a long", () => {
  const t = payload({ vaddr: long("", { show: "address" }) });

  test("is a u32 where a word has 4 bytes", () => {
    expectCodec(t, "78 56 34 12", { vaddr: 0x12345678 }, i386);
    expectCodec(t, "12 34 56 78", { vaddr: 0x12345678 }, s390);
    expectCodec(t, "ff ff ff ff", { vaddr: 0xffffffff }, i386);
  });

  test("is a u64 where it has 8, and a bigint then", () => {
    expectCodec(t, "00 d2 a2 c0 0c ed fe 80", { vaddr: 0x80feed0cc0a2d200n }, x86_64);
    expectCodec(t, "80 fe ed 0c c0 a2 d2 00", { vaddr: 0x80feed0cc0a2d200n }, s390x);
  });

  test("moves what comes after it", () => {
    const placesOf = (of: Abi) =>
      payload({ n: u16(""), a: long(""), list: array(long(""), 2, ""), z: u8("") })
        .at(of)
        .layout.map(({ name, offset, size, ctype }) => [name, offset, size, ctype]);
    expect(placesOf(i386)).toEqual([
      ["n", 0, 2, "__u16"],
      ["a", 2, 4, "unsigned long"],
      ["list", 6, 8, "unsigned long[2]"],
      ["z", 14, 1, "__u8"],
    ]);
    expect(placesOf(x86_64)).toEqual([
      ["n", 0, 2, "__u16"],
      ["a", 2, 8, "unsigned long"],
      ["list", 10, 16, "unsigned long[2]"],
      ["z", 26, 1, "__u8"],
    ]);
  });

  test("may be in an array, and in an array of arrays", () => {
    const grid = payload({ grid: array(array(long(""), 1, ""), 2, "") });
    expectCodec(grid, "00 00 00 01  00 00 00 02", { grid: [[1], [2]] }, s390);
    expectCodec(grid, "00 00 00 00 00 00 00 01  00 00 00 00 00 00 00 02", { grid: [[1n], [2n]] }, s390x);
  });

  test("stands before the rest of a payload", () => {
    const message = payload({ type: long(""), text: text("rest", "") });
    expect(message.variable).toBe(true);
    expectCodec(message, "01 00 00 00 61", { type: 1, text: "a" }, i386);
    expectCodec(message, "01 00 00 00 00 00 00 00 61", { type: 1n, text: "a" }, x86_64);
  });

  test("keeps its hints and the C type it is said to have", () => {
    const hinted = payload({ flags: long("", { c: "unsigned long long", show: "hex", unit: "bytes" }) });
    for (const of of [i386, x86_64]) {
      expect(hinted.at(of).layout).toMatchObject([
        { ctype: "unsigned long long", field: { show: "hex", unit: "bytes" } },
      ]);
    }
  });

  test("any bytes read as a DataView reads them, in both words and orders, and come back", () => {
    const t = payload({
      n: u8(""),
      a: long(""),
      list: array(long(""), 3, ""),
      fixed: long("", { order: "big" }),
    });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 41, maxLength: 41 }),
        fc.constantFrom(i386, x86_64, s390, s390x),
        (bytes, of) => {
          const { word, order } = of;
          const payload = bytes.subarray(0, 1 + 5 * word);
          const view = new DataView(bytes.buffer);
          const read = (index: number, little: boolean) =>
            word === 4 ? view.getUint32(1 + 4 * index, little) : view.getBigUint64(1 + 8 * index, little);
          const at = (index: number) => read(index, order === "little");
          const values = { n: bytes[0]!, a: at(0), list: [at(1), at(2), at(3)], fixed: read(4, false) };
          expect(t.at(of).size).toBe(payload.length);
          expect(decodeTable(t, payload, of)).toEqual(values);
          expect(encodeTable(t, values, of)).toEqual(payload);
        },
      ),
    );
  });

  test.each([
    [i386, [-1, 2 ** 32, 0.5, 7n, "7", undefined], "u32"],
    [x86_64, [-1n, 2n ** 64n, 7, "7", undefined], "u64"],
  ])("does not take what does not fit it: %o", (of, values, kind) => {
    for (const value of values) {
      const outcome = outcomeOf(() => encodeTable(t, { vaddr: value as never }, of));
      expect(outcome).toMatchObject({ code: "out-of-range" });
      expect(outcome).toMatchObject({ message: expect.stringContaining(`PGARR.vaddr is a ${kind}, `) });
    }
  });

  test("has a value of either type, as TypeScript sees it", () => {
    const both = payload({ a: long(""), list: array(long(""), 2, ""), n: u16(""), raw: bytes(1, "") });
    expectTypeOf<Values<typeof both.fields>>().toEqualTypeOf<{
      a: number | bigint;
      list: (number | bigint)[];
      n: number;
      raw: Uint8Array;
    }>();
  });
});

describe("a table that holds longs", () => {
  const t = payload({ n: u32(""), vaddr: long("", { show: "address" }), offset: long("") });

  test("has no size and no layout of its own: the programmer is told to say the abi", () => {
    const told = "the layout of PGARR depends on the word size: ask PGARR.at(abi)";
    const refused: (() => unknown)[] = [
      () => t.size,
      () => t.layout,
      () => t.at("little"),
      () => jsonMembers(t),
      () => jsonSchemaOf(t),
      () => decodeTable(t, new Uint8Array(20), "little"),
      () => encodeTable(t, { n: 0, vaddr: 0, offset: 0 }, "little"),
    ];
    for (const ask of refused) {
      expect(ask).toThrow(new Error(told));
      expect(ask).not.toThrow(CrimgError);
    }
  });

  test("is bound once for each order and word, whatever else the abi says", () => {
    const more: Abi = { order: "little", word: 4, page: 16384, arch: "arm" };
    expect(t.at(more)).toBe(t.at(i386));
    expect(new Set([i386, x86_64, s390, s390x].map(of => t.at(of))).size).toBe(4);
    expect(t.at(s390).layout).toBe(t.at(i386).layout);
    expect(t.at(s390x).layout).toBe(t.at(x86_64).layout);
  });

  test("bound, says what it is", () => {
    const { name, struct, doc, source, size, variable } = t.at(x86_64);
    expect({ name, struct, doc, source, size, variable }).toEqual({
      name: "PGARR",
      struct: "ckpt_hdr_pgarr",
      doc: "Page addresses.",
      source: "v20",
      size: 20,
      variable: false,
    });
  });

  test("is JSON of numbers where a word has 4 bytes, of strings where it has 8", () => {
    expect(jsonMembers(t.at(i386))({ n: 1, vaddr: 0x1000, offset: 9 })).toBe('"n":1,"vaddr":4096,"offset":9');
    expect(jsonMembers(t.at(x86_64))({ n: 1, vaddr: 0x1000n, offset: 9n })).toBe(
      '"n":1,"vaddr":"0x1000","offset":"9"',
    );
  });

  test("has a JSON Schema for each word size, which holds that and not the other", () => {
    const ajv = new Ajv2020({ strict: true });
    const [narrow, wide] = [i386, x86_64].map(of => ajv.compile(jsonSchemaOf(t.at(of))));
    expect([narrow!({ n: 1, vaddr: 4096 }), narrow!({ n: 1, vaddr: "0x1000" })]).toEqual([true, false]);
    expect([wide!({ n: 1, vaddr: 4096 }), wide!({ n: 1, vaddr: "0x1000" })]).toEqual([false, true]);
  });
});

describe("a table without longs", () => {
  const t = payload({ n: u16(""), _pad: pad(2), list: array(u32(""), 2, "") });

  test("is one layout for all: bound once for each order", () => {
    expect([t.size, t.variable]).toEqual([12, false]);
    for (const of of [i386, x86_64, s390, s390x]) {
      expect(t.at(of).layout).toBe(t.layout);
      expect(t.at(of).size).toBe(t.size);
      expect(t.at(of)).toBe(t.at(of.order));
    }
    expect(t.at(i386)).not.toBe(t.at(s390));
  });

  test("decodes and encodes by the order alone, through the same functions", () => {
    expect(t.at("big").decode).toBe(t.at(s390x).decode);
    expect(t.at("big").encode).toBe(t.at(s390).encode);
    expect(t.at("big").decode).toBe(t.at(s390).decode);
  });
});

describe("a field with a byte order of its own", () => {
  test("has it in images of either order; the fields beside it have that of the image", () => {
    const t = payload({ magic: u32(""), arch_id: u16("", { order: "little" }), rev: u16("") });
    expectCodec(t, "00 00 00 01  02 00  00 03", { magic: 1, arch_id: 2, rev: 3 }, s390);
    expectCodec(t, "01 00 00 00  02 00  03 00", { magic: 1, arch_id: 2, rev: 3 }, i386);
  });

  test("in an array it is the element's", () => {
    const t = payload({ ids: array(u16("", { order: "big" }), 2, ""), n: u16("") });
    expectCodec(t, "00 01 00 02 03 00", { ids: [1, 2], n: 3 }, "little");
    expectCodec(t, "00 01 00 02 00 03", { ids: [1, 2], n: 3 }, "big");
  });

  test("is a long in neither order but its own", () => {
    const t = payload({ a: long("", { order: "little" }) });
    expectCodec(t, "01 00 00 00 00 00 00 00", { a: 1n }, s390x);
    expect(t.at(s390x).decode(new DataView(bytesOfHex("02 00 00 00 00 00 00 00").buffer), 0, 8).a).toBe(2n);
  });
});
