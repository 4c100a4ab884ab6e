import { jsonSchemaOf } from "../codec/json.js";
import { count, listOf, nothing, objectOf, schemaHead, text } from "../codec/schema.js";
import type { BoundTable, Table } from "../codec/table.js";
import type { Format } from "../formats/format.js";
import { descriptor, fxsave } from "../formats/x86/tables.js";
import type { Dialect } from "../stream/dialect.js";
import { settledBlock } from "./record-text.js";

/** The JSON Schemas of what dump, info and formats print, by file name. The tables are where they come from. */
export function dumpSchemas(formats: readonly Format[]): Record<string, unknown> {
  return {
    "dump-item.schema.json": itemSchema(formats),
    "dump.schema.json": documentSchema(),
    "info.schema.json": {
      ...schemaHead("info", "What `crimg info --json` prints."),
      type: "array",
      items: summarySchema,
    },
    "formats.schema.json": formatsSchema(),
  };
}

const hex = { type: "string", pattern: "^0x[0-9a-f]{1,16}$" };
const decimal = { type: "string", pattern: "^[0-9]{1,20}$" };
const bytes = { type: "string", pattern: "^([0-9a-f]{2})*$" };

function place(kind: string, more: Record<string, unknown>): Record<string, unknown> {
  return objectOf({
    offset: { ...count, description: "bytes from the start of the file" },
    length: { ...count, description: "bytes, header and payload" },
    kind: { const: kind },
    ...more,
  });
}

function itemSchema(formats: readonly Format[]): Record<string, unknown> {
  const path = { ...text, description: "place in the grammar, e.g. task[0].mm.vma[3]" };
  const kinds = formats.flatMap(({ dialects }) => {
    const { type, len: _, ...others } = headerFields(dialects[0]!);
    const none = Object.fromEntries(Object.keys(others).map(name => [name, nothing]));
    const records = [...recordTables(dialects)].map(([name, tables]) =>
      place("record", {
        type,
        name: { const: name },
        ...others,
        path,
        fields: fieldsOf(name, tables, dialects),
      }),
    );
    const raws = Object.entries(rawFields(dialects)).map(([name, fields]) =>
      place("raw", { type: nothing, name: { const: name }, ...none, path, fields }),
    );
    const header = { type, name: nothing, ...others, path, fields: objectOf({ len: { type: "integer" } }) };
    const bare = { type: nothing, name: nothing, ...none, path, fields: objectOf({}) };
    return [...records, ...raws, place("unknown", header), place("unknown", bare)];
  });
  const gap = { type: nothing, name: nothing, parent: nothing, path, fields: objectOf({}) };
  return {
    ...schemaHead("dump-item", "One line of `crimg dump --jsonl`: an item. Items tile the file."),
    oneOf: [...kinds, place("gap", gap)],
  };
}

/** What a header has, as integers in their range. */
function headerFields({ framing }: Dialect): Record<string, unknown> {
  const { properties } = jsonSchemaOf(framing.header) as {
    properties: Record<string, Record<string, unknown>>;
  };
  const ranges = Object.entries(properties).map(([name, { description: _, ...range }]) => [name, range]);
  return Object.fromEntries(ranges);
}

/** The tables of each record over the dialects of a format, each once. */
function recordTables(dialects: readonly Dialect[]): ReadonlyMap<string, BoundTable[]> {
  const found = new Map<string, BoundTable[]>();
  for (const dialect of dialects) {
    for (const name of Object.keys(dialect.types)) {
      const known = found.get(name) ?? [];
      for (const table of dialect.byName(name)!.tables) if (!known.includes(table)) known.push(table);
      found.set(name, known);
    }
  }
  return found;
}

function fieldsOf(name: string, tables: readonly BoundTable[], dialects: readonly Dialect[]): unknown {
  const settled = dialects.map(dialect => settledBlock(dialect, name)).find(block => block !== undefined);
  const hasFpu = tables.some(({ layout }) => layout.some(({ field }) => field.content === "x86-fpu"));
  const extra: Record<string, unknown> = {
    _excess: { ...bytes, description: "bytes behind the struct, if the record is longer than it" },
    ...(settled !== undefined && {
      [settled]: { ...count, description: `${settled} that follow, which the fields do not always say` },
    }),
    ...(hasFpu && { fxsave: jsonSchemaOf(fxsave) }),
  };
  // A record that was cut short has only its first fields, so none is required.
  const shapes = tables.map(table => {
    const schema = jsonSchemaOf(table);
    return { ...schema, properties: { ...(schema["properties"] as object), ...extra } };
  });
  return shapes.length === 1 ? shapes[0] : { anyOf: shapes };
}

function rawFields(dialects: readonly Dialect[]): Record<string, unknown> {
  const first = { ...count, description: "index of the first element, in the later parts of a large block" };
  const segment = objectOf({
    index: count,
    base: count,
    limit: count,
    pages: { type: "boolean", description: "limit counts pages of 4 KiB, else bytes" },
    dpl: { type: "integer", minimum: 0, maximum: 3 },
    present: { type: "boolean" },
    type: text,
    bits: { enum: [16, 32, 64] },
    available: { type: "boolean" },
  });
  const fields: Record<string, unknown> = {};
  for (const { automaton, abi } of dialects) {
    for (const { name, element: declared, extent, content } of automaton.places.flatMap(({ raw }) => raw)) {
      const element = declared?.at(abi);
      if (extent) fields[name] = objectOf({ count });
      else if (element === undefined) {
        const fpu = content === "x86-fpu" ? { fxsave: jsonSchemaOf(fxsave) } : {};
        fields[name] = objectOf({ [name]: bytes, ...fpu }, ["fxsave"]);
      } else if (declared === (descriptor as Table)) {
        fields[name] = objectOf({ first, [name]: listOf(hex), segments: listOf(segment) }, ["first"]);
      } else if (element.layout.length === 1) {
        const [only] = Object.values(jsonSchemaOf(element)["properties"] as object);
        fields[name] = objectOf({ first, [name]: listOf(isNumber(only) ? count : only) }, ["first"]);
      } else fields[name] = objectOf({ first, [name]: listOf(jsonSchemaOf(element)) }, ["first"]);
    }
  }
  return fields;
}

function isNumber(schema: { readonly type?: unknown }): boolean {
  return schema.type === "integer";
}

const summarySchema = objectOf({
  file: text,
  image: { ...count, description: "which image of the file" },
  offset: count,
  length: count,
  dialect: text,
  why: text,
  series: listOf(text),
  evidence: listOf(text),
  head: objectOf(
    {
      major: count,
      minor: count,
      patch: count,
      rev: count,
      time: decimal,
      flags: hex,
      release: text,
      version: text,
      machine: text,
    },
    ["major", "minor", "patch", "rev", "time", "flags", "release", "version", "machine"],
  ),
  complete: { type: "boolean", description: "the image was read up to the record that ends it" },
  task_count: count,
  tasks: listOf(
    objectOf({
      index: count,
      pid: { type: ["integer", "null"] },
      ppid: { type: ["integer", "null"] },
      comm: text,
      vmas: count,
      pages: count,
      descriptors: count,
    }),
  ),
  vmas: count,
  mapped: { ...decimal, description: "bytes of address space" },
  pages: count,
  page_size: count,
  descriptors: count,
  open_files: count,
  items: objectOf({ record: count, raw: count, unknown: count }),
});

function documentSchema(): Record<string, unknown> {
  const finding = objectOf(
    {
      rule: { ...text, description: "see crimg verify --rules" },
      severity: { enum: ["error", "warning", "note"] },
      offset: { ...count, description: "bytes from the start of the file" },
      path: { ...text, description: "place in the grammar, e.g. task[0].mm.vma[3]" },
      message: text,
      hint: { ...text, description: "what mends it" },
    },
    ["hint"],
  );
  return {
    ...schemaHead("dump", "What `crimg dump --json` prints."),
    ...objectOf({
      file: text,
      items: listOf({ $ref: "dump-item.schema.json" }),
      images: listOf(summarySchema),
      errors: { ...listOf(finding), description: "the first of what makes the image a damaged one" },
      error_count: count,
    }),
  };
}

function formatsSchema(): Record<string, unknown> {
  const size = { type: ["integer", "null"], description: "bytes; null where it varies" };
  const amount = { type: ["integer", "string"], description: "a number, or RECORD.field" };
  const layout = objectOf({
    struct: text,
    source: text,
    doc: text,
    size,
    fields: listOf(
      objectOf(
        {
          name: text,
          ctype: text,
          offset: count,
          size,
          doc: text,
          unit: text,
          enum: { type: "object", additionalProperties: count },
          flags: { type: "object" },
          stale: { const: true },
        },
        ["unit", "enum", "flags", "stale"],
      ),
    ),
  });
  const raw = objectOf(
    {
      name: text,
      doc: text,
      count: amount,
      stride: amount,
      when: objectOf({ field: text, is: { enum: ["=", "!=", ">"] }, value: { type: "integer" } }),
      element: layout,
    },
    ["when", "element"],
  );
  const dialect = objectOf({
    name: text,
    rev: count,
    series: listOf(text),
    order: { enum: ["little", "big"] },
    page_size: count,
    doc: text,
    records: listOf(objectOf({ name: text, type: count, layouts: listOf(layout), raw: listOf(raw) })),
    grammar: listOf(text),
  });
  return {
    ...schemaHead("formats", "What `crimg formats --json` prints."),
    ...objectOf({ dialects: listOf(dialect) }),
  };
}
