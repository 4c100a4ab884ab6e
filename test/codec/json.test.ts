import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { array, bytes, type Field, text, u16, u32, u64 } from "../../src/codec/field.js";
import { hexOf } from "../../src/codec/hex.js";
import { jsonMembers, jsonSchemaOf } from "../../src/codec/json.js";
import { type Shape, table } from "../../src/codec/table.js";
import { trimNuls } from "../../src/codec/text.js";
import { arbitraryValues } from "./arbitrary-values.js";
import { bytesOfHex } from "./bytes-of-hex.js";
import { tables } from "./tables.js";

const payload = <const S extends Shape>(fields: S) =>
  table({ name: "VMA", struct: "cr_hdr_vma", doc: "One memory area.", source: "v6 4/9" }, fields);
const bits = { flags: { name: "VM", bits: { READ: 1 } } };

describe("values as JSON", () => {
  test("32 bits and less are numbers", () => {
    expect(jsonMembers(payload({ a: u16(""), b: u32("", bits) }))({ a: 1, b: 0xffffffff })).toBe(
      '"a":1,"b":4294967295',
    );
  });

  test("64 bits are strings: hex for addresses, hex numbers and flags, else decimal", () => {
    const t = payload({
      vm_start: u64("", { show: "address" }),
      magic: u64("", { show: "hex" }),
      vm_flags: u64("", bits),
      vm_pgoff: u64(""),
      time: u64("", { show: "time" }),
    });
    const values = {
      vm_start: 0x8048000n,
      magic: 0n,
      vm_flags: 2n ** 64n - 1n,
      vm_pgoff: 2n ** 53n + 1n,
      time: 9n,
    };
    expect(jsonMembers(t)(values)).toBe(
      '"vm_start":"0x8048000","magic":"0x0","vm_flags":"0xffffffffffffffff","vm_pgoff":"9007199254740993","time":"9"',
    );
  });

  test("bytes are hex digits, text is text without the NULs at its end", () => {
    const t = payload({ xstate: bytes(2, ""), fname: text("rest", "") });
    expect(jsonMembers(t)({ xstate: bytesOfHex("00ef"), fname: 'a"\u001b\0' })).toBe(
      '"xstate":"00ef","fname":"a\\"\\u001b"',
    );
  });

  test("bytes that are no UTF-8 are escapes of lone surrogates, so that the JSON itself is ASCII there", () => {
    expect(jsonMembers(payload({ fname: text("rest", "") }))({ fname: "a\udcff" })).toBe(
      '"fname":"a\\udcff"',
    );
  });

  test("arrays are arrays", () => {
    const t = payload({ ids: array(u16(""), 2, ""), st: array(bytes(1, ""), 2, "") });
    expect(jsonMembers(t)({ ids: [1, 2], st: [bytesOfHex("01"), bytesOfHex("02")] })).toBe(
      '"ids":[1,2],"st":["01","02"]',
    );
  });
});

/** What JSON.parse must give for a value. */
function expected(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case "u64":
      return expect.stringMatching(/^(0x[0-9a-f]{1,16}|\d{1,20})$/);
    case "bytes":
      return hexOf(value as Uint8Array);
    case "text":
      return trimNuls(value as string);
    case "array":
      return (value as unknown[]).map(element => expected(field.element!, element));
    default:
      return value;
  }
}

describe.each(tables)("%s", (_, table) => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const validate = ajv.compile({ ...jsonSchemaOf(table), required: table.layout.map(({ name }) => name) });
  const print = jsonMembers(table);

  test("any values are JSON that says them and that the table's schema holds", () => {
    fc.assert(
      fc.property(arbitraryValues(table), values => {
        const json = JSON.parse(`{${print(values)}}`);
        expect(validate(json), ajv.errorsText(validate.errors)).toBe(true);
        for (const { name, field } of table.layout) {
          expect(json[name]).toEqual(expected(field, values[name]));
          if (field.kind === "u64") expect(BigInt(json[name])).toBe(values[name]);
        }
        expect(Object.keys(json)).toEqual(table.layout.map(({ name }) => name));
      }),
      { numRuns: 50 },
    );
  });

  test("the schema holds nothing else: no other member, no wrong type", () => {
    fc.assert(
      fc.property(arbitraryValues(table), fc.nat(), (values, at) => {
        const json = JSON.parse(`{${print(values)}}`);
        const { name } = table.layout[at % table.layout.length]!;
        expect(validate({ ...json, [name]: null })).toBe(false);
        expect(validate({ ...json, stranger: 1 })).toBe(false);
      }),
      { numRuns: 10 },
    );
  });

  test("the schema says what the table and each field mean", () => {
    const schema = jsonSchemaOf(table) as {
      description: string;
      properties: Record<string, { description: string }>;
    };
    expect(schema.description).toBe(table.doc);
    for (const { name, field } of table.layout)
      expect(schema.properties[name]!.description).toContain(field.doc);
  });
});
