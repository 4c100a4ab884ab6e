import type { Abi } from "../codec/abi.js";
import type { TextFill } from "../codec/field.js";
import type { RawBlock } from "../codec/grammar.js";
import { jsonSchemaOf } from "../codec/json.js";
import type { LayoutField } from "../codec/layout.js";
import { count, type JsonSchema, listOf, objectOf, text } from "../codec/schema.js";
import type { BoundTable } from "../codec/table.js";
import type { Dialect } from "../stream/dialect.js";
import type { Framing } from "../stream/framing.js";
import type { StreamFormat } from "../stream/stream-format.js";
import { LINES_FORMAT, LINES_VERSION } from "./line.js";

/**
 * The definitions of lines: what each kind of line holds, as JSON Schema. None refers to another, so that a line can be
 * held against the one it means to be.
 */

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

export const headDefinition: JsonSchema = {
  description: "The first line.",
  ...objectOf({
    kind: { const: "head" },
    format: { const: LINES_FORMAT },
    version: { const: LINES_VERSION },
    pages: {
      enum: ["inline", "file", "none"],
      description: "where decode put page contents: into the lines, into a file beside them, or nowhere",
    },
  }),
};

export const unknownDefinition = stretch(
  "unknown",
  "Bytes inside an image that the format does not account for.",
);
export const gapDefinition = stretch("gap", "Bytes before, between and after images.");

function stretch(kind: string, description: string): JsonSchema {
  return { description, ...objectOf({ kind: { const: kind }, ...place, bytes: longHex }, forPeople) };
}

const abi: JsonSchema = {
  description: "the machine that wrote it, if it is another than the dialect's images are known from",
  ...objectOf({
    order: { enum: ["little", "big"], description: "of the bytes of a number" },
    word: { enum: [4, 8], description: "bytes of a C long" },
    page: { type: "integer", minimum: 1, description: "bytes of a page" },
    arch: { ...text, description: "as the kernel calls it" },
  }),
};

/** Of the line that begins an image, of any of these formats. */
export function imageDefinition(formats: readonly StreamFormat[]): JsonSchema {
  const dialects = formats.flatMap(format => format.dialects);
  return {
    description: "An image begins: what follows is written in this dialect.",
    ...objectOf(
      {
        kind: { const: "image" },
        image: { ...count, description: "which image of the file; for people" },
        offset,
        dialect: { enum: dialects.map(({ name }) => name) },
        ...(dialects.some(({ anyAbi }) => anyAbi) && { abi }),
        why: { ...text, description: "how the dialect was found; for people" },
      },
      ["image", "offset", "abi", "why"],
    ),
  };
}

/** The definitions of the lines of a record with one of its layouts. */
interface RecordDefinitions {
  /** Of the struct, in bytes. */
  readonly size: number;
  readonly whole: JsonSchema;
  /** Of a payload that ends inside the struct. What has no size of its own cannot be short of it. */
  readonly short: JsonSchema | undefined;
}

/** The definitions of the lines of a raw block. */
interface RawDefinitions {
  /** Of an element, in bytes; 0 where there are none. */
  readonly size: number;
  readonly here: JsonSchema;
  /** With page contents in a file beside the lines. */
  readonly beside: JsonSchema | undefined;
}

/** The same array for all tables that differ in byte order only, which lines do not show. */
type Layout = readonly LayoutField[];

/** The definitions of the lines that images of one format have of their own. */
export class FormatDefinitions {
  readonly unknownRecord: JsonSchema;
  private readonly records = new Map<string, Map<Layout, RecordDefinitions>>();
  private readonly raw = new Map<string, Map<Layout | undefined, RawDefinitions>>();

  /** The dialects have one framing, and raw blocks of one name have one kind of element. */
  constructor(dialects: readonly Dialect[]) {
    const machines = dialects.flatMap(inItsMachines);
    const all = machines.flatMap(recordTables);
    const header = headerSchemas(
      dialects[0]!.framing,
      all.flatMap(({ table }) => table.layout.at(-1)?.field.fill ?? []),
    );
    this.unknownRecord = unknownRecordDefinition(header);
    for (const { name, table } of all) {
      const layouts = this.records.get(name) ?? new Map<Layout, RecordDefinitions>();
      this.records.set(name, layouts);
      if (!layouts.has(table.layout)) layouts.set(table.layout, recordDefinitions(name, table, header));
    }
    for (const { automaton, abi } of machines) {
      for (const block of automaton.places.flatMap(({ raw }) => raw)) {
        const layouts = this.raw.get(block.name) ?? new Map<Layout | undefined, RawDefinitions>();
        this.raw.set(block.name, layouts);
        layouts.set(block.element?.at(abi).layout, rawDefinitions(block, abi));
      }
    }
  }

  record(name: string, { layout }: BoundTable, isShort: boolean): JsonSchema {
    const { whole, short } = this.records.get(name)!.get(layout)!;
    return isShort && short !== undefined ? short : whole;
  }

  rawBlock({ name, element }: RawBlock, abi: Abi, isBeside: boolean): JsonSchema {
    const { here, beside } = this.raw.get(name)!.get(element?.at(abi).layout)!;
    return isBeside && beside !== undefined ? beside : here;
  }

  /** All of them by name: `record-VMA`; with its size where there are several layouts: `record-CPU-784`. */
  *named(): Generator<[string, JsonSchema], void, void> {
    for (const [name, layouts] of this.records) {
      for (const { size, whole, short } of layouts.values()) {
        const layout = layouts.size > 1 ? `${name}-${size}` : name;
        yield [`record-${layout}`, whole];
        if (short !== undefined) yield [`short-${layout}`, short];
      }
    }
    for (const [name, layouts] of this.raw) {
      for (const { size, here, beside } of layouts.values()) {
        const layout = layouts.size > 1 ? `${name}-${size}` : name;
        yield [`raw-${layout}`, here];
        if (beside !== undefined) yield [`raw-${layout}-beside`, beside];
      }
    }
    yield ["unknown-record", this.unknownRecord];
  }
}

/** What lines say of a record's header. */
interface HeaderSchemas {
  readonly type: JsonSchema;
  readonly len: JsonSchema;
  /** `len` of a record that ends in a text. */
  readonly lenOfText: JsonSchema;
  /** All else that a header has. */
  readonly others: JsonSchema;
}

function headerSchemas({ header, len: lenOf }: Framing, fills: readonly TextFill[]): HeaderSchemas {
  const schema = jsonSchemaOf(header)["properties"] as Record<string, JsonSchema>;
  const { type, len, ...others } = schema as typeof schema & Record<"type" | "len", JsonSchema>;
  const counted = lenOf(0) === 0 ? "bytes of payload" : `bytes of payload, and ${lenOf(0)} more`;
  const fill = [...new Set(fills.map(({ doc }) => doc))].join(", ") || "no NUL";
  const text = `${counted}: the text is filled up with NULs, which are not in it; left out: ${fill}`;
  return {
    type,
    len: { ...len, description: `${counted}; left out: as many as there are` },
    lenOfText: { ...len, description: text },
    others,
  };
}

/** A dialect in images of each machine that their layouts differ for. */
function inItsMachines(dialect: Dialect): readonly Dialect[] {
  const { abi, anyAbi } = dialect;
  return anyAbi ? ([4, 8] as const).map(word => dialect.at({ ...abi, word })) : [dialect];
}

function recordTables(dialect: Dialect): { readonly name: string; readonly table: BoundTable }[] {
  return Object.keys(dialect.types).flatMap(name =>
    dialect.byName(name)!.tables.map(table => ({ name, table })),
  );
}

function recordDefinitions(
  name: string,
  table: BoundTable,
  { len, lenOfText, others }: HeaderSchemas,
): RecordDefinitions {
  const definition = (more: JsonSchema, optional: readonly string[] = []) =>
    objectOf({ kind: { const: "record" }, name: { const: name }, ...place, ...others, len, ...more }, [
      ...forPeople,
      "len",
      ...optional,
    ]);
  const { size } = table;
  const fields = { ...jsonSchemaOf(table), required: table.layout.map(field => field.name) };
  if (table.variable) {
    const isText = table.layout.at(-1)!.field.kind === "text";
    return { size, whole: definition({ ...(isText && { len: lenOfText }), fields }), short: undefined };
  }
  const excess = { ...hex, description: "bytes behind the struct, if the record is longer than it" };
  return {
    size,
    whole: definition({ fields, excess }, ["excess"]),
    short: definition({ fields: firstFields(table), short }),
  };
}

const short: JsonSchema = {
  ...hex,
  description:
    "the payload ends inside the struct: only the first fields are there, and these bytes behind them, fewer than the next field has",
};

/** A payload that was cut short has its first fields: none without the one before it. */
function firstFields(table: BoundTable): JsonSchema {
  const names = table.layout.map(({ name }) => name);
  return {
    ...jsonSchemaOf(table),
    dependentRequired: Object.fromEntries(names.slice(1).map((name, i) => [name, [names[i]]])),
  };
}

function rawDefinitions({ name, doc, element, extent }: RawBlock, abi: Abi): RawDefinitions {
  const definition = (more: JsonSchema, optional: readonly string[] = []) => ({
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
    return { size: 0, here: definition({ base64 }), beside: definition({ length: bytes }) };
  }
  if (element === undefined) return { size: 0, here: definition({ bytes: longHex }), beside: undefined };
  const cut = { ...hex, description: "the file ends inside an element: its first bytes" };
  const { size } = element.at(abi);
  const values = listOf(elementSchema(element.at(abi)));
  return { size, here: definition({ values, cut }, ["cut"]), beside: undefined };
}

/** An element of one field is its value. */
function elementSchema(element: BoundTable): unknown {
  const schema = jsonSchemaOf(element);
  const properties = schema["properties"] as Record<string, unknown>;
  const names = Object.keys(properties);
  return names.length === 1 ? properties[names[0]!] : { ...schema, required: names };
}

function unknownRecordDefinition({ type, len, others }: HeaderSchemas): JsonSchema {
  return {
    description: "A record of a type that the dialect does not have.",
    ...objectOf({ kind: { const: "unknown" }, ...place, type, ...others, len, bytes: longHex }, [
      ...forPeople,
      "len",
    ]),
  };
}

const made = new WeakMap<StreamFormat, FormatDefinitions>();

/** The definitions of a format that has dialects. Made on first use. */
export function definitionsOf(format: StreamFormat): FormatDefinitions {
  const definitions = made.get(format) ?? new FormatDefinitions(format.dialects);
  made.set(format, definitions);
  return definitions;
}
