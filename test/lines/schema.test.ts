import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { splitSchemas } from "../../src/cli/split-schema.js";
import { formats } from "../../src/formats/registry.js";
import { lineDefinitions, lineSchemas } from "../../src/lines/line-schema.js";
import { publishedSchema, schemaCheck } from "../dump/schema-check.js";
import { onePerDialect, sample, samples } from "../image/samples.js";
import { concat, littleEndian, overwritten, recordNamed, withInserted } from "../image/splice.js";
import { oneIn } from "../share.js";
import { decoded } from "./there-and-back.js";

const check = schemaCheck("image-line.schema.json");

function expectValid(bytes: Uint8Array, about: string): void {
  for (const pages of ["inline", "file", "none"] as const) {
    for (const line of decoded(bytes, { pages }).lines)
      check(JSON.parse(line), `${about}: ${line.slice(0, 200)}`);
  }
}

describe("every line is as the published schema says:", () => {
  it.each(oneIn(3, samples))("$name", ({ name, bytes }) => expectValid(bytes, name));

  it.each(onePerDialect)("$name, cut at many places", ({ name, bytes }) => {
    for (let cut = 240; cut < bytes.length; cut += 997)
      expectValid(bytes.subarray(0, cut), `${name} to ${cut}`);
  });

  it("gaps, unknown records, short and long payloads", () => {
    const { bytes } = sample("v6-files");
    const { offset } = recordNamed(bytes, "VMA", 2);
    const strange = Uint8Array.of(0xb7, 0x0b, 3, 0, 7, 0, 0, 0, 0xaa, 0xbb, 0xcc);
    expectValid(withInserted(bytes, offset, strange), "an unknown record");
    expectValid(concat(strange, bytes, strange), "gaps");
    for (const len of [0, 20, 44, 53]) {
      const vma = bytes.slice(offset, offset + 8 + len);
      vma[2] = len;
      expectValid(
        concat(bytes.subarray(0, offset), vma, bytes.subarray(offset + 56)),
        `a VMA of ${len} bytes`,
      );
    }
  });

  it("a CPU with so few fields that it may have either of its layouts", () => {
    const { bytes } = sample("v6-files");
    const { offset } = recordNamed(bytes, "CPU");
    for (const len of [0, 8, 24]) {
      const cpu = overwritten(bytes.slice(offset, offset + 8 + len), 2, littleEndian(len, 2));
      expectValid(concat(bytes.subarray(0, offset), cpu), `a CPU of ${len} bytes`);
    }
  });
});

describe("the schema", () => {
  it.each(Object.entries({ ...lineSchemas(formats), ...splitSchemas(formats) }))(
    "%s is the one that is published",
    (name, schema) => {
      expect(publishedSchema(name)).toEqual(JSON.parse(JSON.stringify(schema)));
    },
  );

  it("is one of JSON Schema 2020-12, in all its definitions", () => {
    const ajv = new Ajv2020({ strict: true });
    for (const schema of Object.values({ ...lineSchemas(formats), ...splitSchemas(formats) })) {
      expect(ajv.validateSchema(schema), ajv.errorsText(ajv.errors)).toBe(true);
    }
    for (const definition of Object.values(lineDefinitions(formats))) ajv.compile(definition);
  });

  it("refuses what no line is", () => {
    for (const line of [{}, [], { kind: "record" }, { kind: "gap", bytes: "", more: 1 }]) {
      expect(() => check(line, "line")).toThrow();
    }
  });
});
