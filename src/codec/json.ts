import { mayGenerateCode } from "./code-generation.js";
import { compileJson } from "./compile-json.js";
import type { Field } from "./field.js";
import { isHex } from "./hex.js";
import { interpretJson } from "./interpret-json.js";
import type { BoundTable, Placed, Shape, Table, Values } from "./table.js";

/**
 * Values as JSON. Numbers up to 32 bits are numbers. 64 bits do not fit a JSON number of every reader, so they are
 * always strings: `0x` hex for addresses, flags and masks, decimal for the rest. A long is a number in an image of 4-byte
 * words and a string in one of 8-byte words. Bytes are strings of hex digits, text is text without the NULs at its end
 * (the item's length says how many there were).
 */
export type JsonPrinter<V> = (values: V) => string;

const printers = new WeakMap<object, ReturnType<typeof compileJson>[]>();

/**
 * The members of the JSON object for a table's values, without the braces. Of a payload that was cut short only the
 * first `count` fields are printed. A table that holds longs is given as `table.at(abi)`. Made on first use.
 */
export function jsonMembers<S extends Shape>(
  { layout }: Table<S> | BoundTable<S>,
  count = layout.length,
): JsonPrinter<Values<S>> {
  let made = printers.get(layout);
  if (made === undefined) {
    made = [];
    printers.set(layout, made);
  }
  made[count] ??= (mayGenerateCode() ? compileJson : interpretJson)(layout.slice(0, count));
  return made[count];
}

/**
 * The JSON Schema (2020-12) of a table's values as `jsonMembers` prints them. A table that holds longs is given as
 * `table.at(abi)`.
 */
export function jsonSchemaOf(table: Placed): Record<string, unknown> {
  const properties = Object.fromEntries(table.layout.map(({ name, field }) => [name, schemaOfField(field)]));
  return {
    title: table.struct || table.name,
    description: table.doc,
    type: "object",
    properties,
    additionalProperties: false,
  };
}

const ranges = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  s16: [-0x8000, 0x7fff],
  s32: [-0x80000000, 0x7fffffff],
} as const;

function schemaOfField(field: Field): Record<string, unknown> {
  const description = field.unit === undefined ? field.doc : `${field.doc} (${field.unit})`;
  switch (field.kind) {
    case "u64":
      return { description, type: "string", pattern: isHex(field) ? "^0x[0-9a-f]{1,16}$" : "^[0-9]{1,20}$" };
    case "pad":
      return { description, type: "integer", minimum: 0, maximum: 2 ** (8 * field.size) - 1 };
    case "bytes":
      return {
        description,
        type: "string",
        pattern: field.rest ? "^([0-9a-f]{2})*$" : `^[0-9a-f]{${2 * field.size}}$`,
      };
    case "text":
      return { description, type: "string" };
    case "array": {
      const { element, count } = field as Required<Field>;
      return { description, type: "array", items: schemaOfField(element), minItems: count, maxItems: count };
    }
    default: {
      const [minimum, maximum] = ranges[field.kind];
      return { description, type: "integer", minimum, maximum };
    }
  }
}
