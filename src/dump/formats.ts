import { strideOf } from "../codec/grammar.js";
import { grammarLines, rawText } from "../codec/grammar-text.js";
import type { BoundTable } from "../codec/table.js";
import { CrimgError } from "../errors.js";
import { dialectsOf, type Format } from "../formats/format.js";
import { fsave, fxsave } from "../formats/x86/tables.js";
import type { Dialect, RecordSpec } from "../stream/dialect.js";
import type { Style } from "./style.js";

/** The dialects, one a line. */
export function dialectLines(formats: readonly Format[], style: Style): string[] {
  return dialectsOf(formats).map(
    ({ name, rev, series, doc }) =>
      `${style.name(name.padEnd(6))} rev ${rev}  ${series.join(" ").padEnd(16)} ${doc}`,
  );
}

/** The records of a dialect, its grammar, and what is different from the dialect before. */
export function dialectDetail(dialect: Dialect, formats: readonly Format[], style: Style): string[] {
  const specs = recordsOf(dialect);
  return [
    `${style.name(dialect.name)}  rev ${dialect.rev}, series ${dialect.series.join(", ")}, ${dialect.abi.order}-endian, pages of ${dialect.abi.page} bytes`,
    dialect.doc,
    "",
    style.symbol("records"),
    ...specs.map(({ name, type, tables }) => {
      const [first] = tables as readonly [BoundTable];
      const size = first.variable ? "varies" : tables.map(table => table.size).join(" or ");
      return `  ${String(type).padStart(4)}  ${style.name(name.padEnd(10))}  ${size.padEnd(10)}  ${first.struct.padEnd(18)} ${first.doc}`;
    }),
    "",
    style.symbol("order"),
    ...grammarLines(dialect.image, dialect.abi, "  "),
    ...differences(dialect, formats, style),
  ];
}

/** One record or raw block: its layout, field by field. */
export function recordDetail(dialect: Dialect, name: string, style: Style): string[] {
  const tables = tablesNamed(dialect, name);
  const spec = dialect.byName(name.toUpperCase());
  const lines: string[] = [];
  for (const table of tables) {
    if (lines.length > 0) lines.push("");
    const number = spec === undefined ? "" : `  type ${spec.type}`;
    const size = table.variable ? "varies" : `${table.size} bytes`;
    lines.push(
      `${style.name(table.name)}${number}  ${table.struct && `struct ${table.struct}`}  ${size}  ${style.dim(`(${table.source})`)}`,
    );
    lines.push(table.doc);
    const width = Math.max(...table.layout.map(({ name }) => name.length));
    const typeWidth = Math.max(...table.layout.map(({ ctype }) => ctype.length));
    for (const { name, ctype, offset, size, field } of table.layout) {
      const length = field.rest ? "rest" : String(size);
      lines.push(
        `  ${String(offset).padStart(4)} ${length.padStart(4)}  ${ctype.padEnd(typeWidth)}  ${style.name(name.padEnd(width))}  ${field.doc}${hintText(field)}`,
      );
      const indent = " ".repeat(15 + typeWidth + width);
      for (const names of wrapped(namesOf(field), 100 - indent.length))
        lines.push(indent + style.symbol(names));
    }
  }
  for (const block of spec?.raw ?? []) lines.push(`  + ${rawText(block, dialect.abi)}`);
  return lines;
}

/** The same as data: schemas/formats.schema.json. */
export function formatsJson(chosen: readonly Dialect[], name?: string): unknown {
  return {
    dialects: chosen.map(dialect => ({
      name: dialect.name,
      rev: dialect.rev,
      series: dialect.series,
      order: dialect.abi.order,
      page_size: dialect.abi.page,
      doc: dialect.doc,
      records: recordsOf(dialect)
        .filter(spec => name === undefined || spec.name === name.toUpperCase())
        .map(spec => ({
          name: spec.name,
          type: spec.type,
          layouts: spec.tables.map(tableJson),
          raw: spec.raw.map(block => ({
            name: block.name,
            doc: block.doc,
            count: block.count,
            stride: strideOf(block, dialect.abi),
            ...(block.when && { when: block.when }),
            ...(block.element && { element: tableJson(block.element.at(dialect.abi)) }),
          })),
        })),
      grammar: grammarLines(dialect.image, dialect.abi),
    })),
  };
}

function tableJson(table: BoundTable): unknown {
  return {
    struct: table.struct,
    source: table.source,
    doc: table.doc,
    size: table.variable ? null : table.size,
    fields: table.layout.map(({ name, ctype, offset, size, field }) => ({
      name,
      ctype,
      offset,
      size: field.rest ? null : size,
      doc: field.doc,
      ...(field.unit && { unit: field.unit }),
      ...(field.enum && { enum: field.enum.values }),
      ...(field.flags && { flags: field.flags.bits }),
      ...(field.stale !== undefined && { stale: true }),
    })),
  };
}

function recordsOf(dialect: Dialect): RecordSpec[] {
  return Object.keys(dialect.types)
    .map(name => dialect.byName(name)!)
    .sort((a, b) => a.type - b.type);
}

function tablesNamed(dialect: Dialect, name: string): readonly BoundTable[] {
  const spec = dialect.byName(name.toUpperCase());
  if (spec !== undefined) return spec.tables;
  const elements = recordsOf(dialect).flatMap(({ raw }) =>
    raw.flatMap(({ name, element }) => (element ? [[name, element.at(dialect.abi)] as const] : [])),
  );
  const blocks = new Map<string, BoundTable>([
    ...elements,
    ["fxsave", fxsave.at(dialect.abi)],
    ["fsave", fsave.at(dialect.abi)],
  ]);
  const block = blocks.get(name.toLowerCase());
  if (block !== undefined) return [block];
  const known = [...Object.keys(dialect.types), ...blocks.keys()].join(", ");
  throw new CrimgError("usage", `${dialect.name} has no record ${name}; it has ${known}`);
}

function hintText({ unit, valid, stale, defined }: BoundTable["layout"][number]["field"]): string {
  const hints = [
    unit,
    valid &&
      ("equals" in valid
        ? `must be ${valueText(valid.equals)}`
        : `must be ${valid.min ?? ""}..${valid.max ?? ""}`),
    stale !== undefined && "never set",
    defined && `only if ${defined.field}`,
  ].filter(Boolean);
  return hints.length === 0 ? "" : ` [${hints.join(", ")}]`;
}

function valueText(value: number | bigint): string {
  return typeof value === "bigint" ? `0x${value.toString(16)}` : String(value);
}

function namesOf(field: BoundTable["layout"][number]["field"]): string[] {
  if (field.enum) return Object.entries(field.enum.values).map(([name, value]) => `${value} ${name}`);
  if (!field.flags) return [];
  return Object.entries(field.flags.bits).map(
    ([name, bit]) => `0x${(typeof bit === "number" ? bit : bit.value).toString(16)} ${name}`,
  );
}

/** Words joined by commas, in lines of at most `width` characters. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + word.length <= width)
      lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** What another dialect has that this one, its predecessor in the history, has not. */
function differences(dialect: Dialect, formats: readonly Format[], style: Style): string[] {
  const { dialects } = formats.find(format => format.dialects.includes(dialect))!;
  const before = dialects[dialects.indexOf(dialect) - 1];
  if (before === undefined) return [];
  const lines: string[] = [];
  for (const [name, type] of Object.entries(dialect.types)) {
    const old = before.types[name];
    if (old === undefined) lines.push(`  ${name} (${type}) is new`);
    else if (old !== type) lines.push(`  ${name} is ${type}, was ${old}`);
    const sizes = (of: Dialect) =>
      of
        .byName(name)
        ?.tables.map(({ size }) => size)
        .join(" or ");
    if (old !== undefined && sizes(before) !== sizes(dialect))
      lines.push(`  ${name} has ${sizes(dialect)} bytes, had ${sizes(before)}`);
    const raws = (of: Dialect) => of.byName(name)?.raw.map(block => rawText(block, of.abi)) ?? [];
    for (const raw of raws(dialect))
      if (old !== undefined && !raws(before).includes(raw)) lines.push(`  ${name} is followed by ${raw}`);
  }
  const [was, is] = [before, dialect].map(({ image, abi }) =>
    grammarLines(image, abi).map(line => line.trim()),
  ) as [string[], string[]];
  for (const line of was) if (!is.includes(line)) lines.push(`  no longer: ${line}`);
  return ["", style.symbol(`different from ${before.name}`), ...lines];
}
