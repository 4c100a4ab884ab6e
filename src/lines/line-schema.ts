import type { RawBlock } from "../codec/grammar.js";
import { jsonSchemaOf } from "../codec/json.js";
import { count, type JsonSchema, listOf, objectOf, schemaHead, text } from "../codec/schema.js";
import type { Table } from "../codec/table.js";
import { dialects } from "../formats/cr/dialects.js";
import { header } from "../formats/cr/records.js";
import { FORMAT, VERSION } from "./line.js";

/** The JSON Schema of the lines that decode writes and encode reads, by file name. The tables are where it comes from. */
export function lineSchemas(): Record<string, JsonSchema> {
  const definitions = lineDefinitions();
  return {
    "image-line.schema.json": {
      ...schemaHead("image-line", "One line of `crimg decode`, which `crimg encode` reads."),
      // Not oneOf: the first fields of a CPU that was cut short are those of both its layouts.
      anyOf: Object.keys(definitions).map(name => ({ $ref: `#/$defs/${name}` })),
      $defs: definitions,
    },
  };
}

/** Each kind of line has a definition of its own, which refers to no other: a line can be held against the one it means to be. */
export function lineDefinitions(): Record<string, JsonSchema> {
  return {
    head,
    image,
    ...Object.fromEntries(recordDefinitions()),
    ...Object.fromEntries(rawDefinitions()),
    "unknown-record": unknownRecord,
    unknown: stretch("unknown", "Bytes inside an image that the format does not account for."),
    gap: stretch("gap", "Bytes before, between and after images."),
  };
}

/** The definition of a record's line: `record-VMA`; with its size where a record has several layouts: `record-CPU-784`. */
export function recordDefinition(name: string, table: Table, isShort: boolean): string {
  const several = tablesByRecord().get(name)!.length > 1;
  return `${isShort ? "short" : "record"}-${name}${several ? `-${table.size}` : ""}`;
}

/** The definition of a raw block's line; page contents have two, one for each place where they can be. */
export function rawDefinition(name: string, isBeside: boolean): string {
  return `raw-${name}${isBeside ? "-beside" : ""}`;
}

const hex: JsonSchema = { type: "string", pattern: "^([0-9a-f]{2})*$" };
/** Without a pattern: whoever reads them tells digit by digit, and they are long. */
const longHex: JsonSchema = { type: "string", description: "two hex digits a byte" };
const path: JsonSchema = {
  ...text,
  description: "place in the grammar, e.g. task[0].mm.vma[3]; for people, encode does not look at it",
};
const offset: JsonSchema = {
  ...count,
  description: "where it stood in the file that was decoded; for people, encode does not look at it",
};
const first: JsonSchema = {
  ...count,
  description: "elements of the block in the lines before; for people, encode does not look at it",
};
const place = { path, offset };
const forPeople = Object.keys(place);
const { type, len, parent } = jsonSchemaOf(header)["properties"] as Record<"type" | "len" | "parent", object>;
const length: JsonSchema = { ...len, description: "bytes of payload; left out: as many as there are" };

/** Of a record that ends in a text: which NULs it gets. */
function filledLength(): JsonSchema {
  const fills = [...tablesByRecord().values()]
    .flat()
    .flatMap(({ layout }) => layout.at(-1)!.field.fill ?? []);
  const said = [...new Set(fills.map(({ doc }) => doc))].join(", ");
  return {
    ...len,
    description: `bytes of payload: the text is filled up with NULs, which are not in it; left out: ${said}`,
  };
}

const head: JsonSchema = {
  description: "The first line.",
  ...objectOf({
    kind: { const: "head" },
    format: { const: FORMAT },
    version: { const: VERSION },
    pages: {
      enum: ["inline", "file", "none"],
      description: "where decode put page contents: into the lines, into a file beside them, or nowhere",
    },
  }),
};

const image: JsonSchema = {
  description: "An image begins: what follows is written in this dialect.",
  ...objectOf(
    {
      kind: { const: "image" },
      image: { ...count, description: "which image of the file; for people" },
      offset,
      dialect: { enum: dialects.map(({ name }) => name) },
      why: { ...text, description: "how the dialect was found; for people" },
    },
    ["image", "offset", "why"],
  ),
};

function* recordDefinitions(): Generator<[string, JsonSchema]> {
  for (const [name, tables] of tablesByRecord()) {
    for (const table of tables) {
      const fields = { ...jsonSchemaOf(table), required: table.layout.map(field => field.name) };
      if (table.variable) {
        const isText = table.layout.at(-1)!.field.kind === "text";
        yield [
          recordDefinition(name, table, false),
          recordLine(name, { ...(isText && { len: filledLength() }), fields }),
        ];
        continue;
      }
      const excess = { ...hex, description: "bytes behind the struct, if the record is longer than it" };
      yield [recordDefinition(name, table, false), recordLine(name, { fields, excess }, ["excess"])];
      yield [recordDefinition(name, table, true), recordLine(name, { fields: firstFields(table), short })];
    }
  }
}

const short: JsonSchema = {
  ...hex,
  description:
    "the payload ends inside the struct: only the first fields are there, and these bytes behind them, fewer than the next field has",
};

/** A payload that was cut short has its first fields: none without the one before it. */
function firstFields(table: Table): JsonSchema {
  const names = table.layout.map(({ name }) => name);
  return {
    ...jsonSchemaOf(table),
    dependentRequired: Object.fromEntries(names.slice(1).map((name, i) => [name, [names[i]]])),
  };
}

function recordLine(name: string, more: JsonSchema, optional: readonly string[] = []): JsonSchema {
  return objectOf(
    { kind: { const: "record" }, name: { const: name }, ...place, parent, len: length, ...more },
    [...forPeople, "len", ...optional],
  );
}

function* rawDefinitions(): Generator<[string, JsonSchema]> {
  const cut = { ...hex, description: "the file ends inside an element: its first bytes" };
  for (const [name, { doc, element, extent }] of blocksByName()) {
    const line = (more: JsonSchema, optional: readonly string[]) => ({
      description: doc,
      ...objectOf({ kind: { const: "raw" }, name: { const: name }, ...place, first, ...more }, [
        ...forPeople,
        "first",
        ...optional,
      ]),
    });
    if (extent) {
      const base64 = { type: "string", contentEncoding: "base64", description: "the contents" };
      const bytes = { ...count, description: "bytes; the next ones of the file with the page contents" };
      yield [rawDefinition(name, false), line({ base64 }, [])];
      yield [rawDefinition(name, true), line({ length: bytes }, [])];
    } else if (element === undefined) yield [rawDefinition(name, false), line({ bytes: longHex }, [])];
    else {
      yield [rawDefinition(name, false), line({ values: listOf(elementSchema(element)), cut }, ["cut"])];
    }
  }
}

/** An element of one field is its value. */
function elementSchema(element: Table): unknown {
  const schema = jsonSchemaOf(element);
  const properties = schema["properties"] as Record<string, unknown>;
  const names = Object.keys(properties);
  return names.length === 1 ? properties[names[0]!] : { ...schema, required: names };
}

const unknownRecord: JsonSchema = {
  description: "A record of a type that the dialect does not have.",
  ...objectOf({ kind: { const: "unknown" }, ...place, type, parent, len: length, bytes: longHex }, [
    ...forPeople,
    "len",
  ]),
};

function stretch(kind: string, description: string): JsonSchema {
  return { description, ...objectOf({ kind: { const: kind }, ...place, bytes: longHex }, forPeople) };
}

let tables: ReadonlyMap<string, readonly Table[]> | undefined;

/** The layouts of each record over all dialects, each once. */
function tablesByRecord(): ReadonlyMap<string, readonly Table[]> {
  tables ??= collectTables();
  return tables;
}

function collectTables(): ReadonlyMap<string, readonly Table[]> {
  const found = new Map<string, Set<Table>>();
  for (const dialect of dialects) {
    for (const name of Object.keys(dialect.types)) {
      const layouts = found.get(name) ?? new Set();
      for (const table of dialect.byName(name)!.tables) layouts.add(table);
      found.set(name, layouts);
    }
  }
  return new Map([...found].map(([name, layouts]) => [name, [...layouts]]));
}

/** The raw blocks over all dialects; those of one name have one kind of element. */
function blocksByName(): ReadonlyMap<string, RawBlock> {
  const blocks = dialects.flatMap(({ automaton }) => automaton.places.flatMap(({ raw }) => raw));
  return new Map(blocks.map(block => [block.name, block]));
}
