import type { Abi } from "../codec/abi.js";
import type { RawBlock } from "../codec/grammar.js";
import type { Dialect } from "../stream/dialect.js";
import type { StreamFormat } from "../stream/stream-format.js";
import { type JsonObject, lineError } from "./line.js";
import { definitionsOf, type FormatDefinitions } from "./line-definitions.js";

/** What the lines of an image are read by. */
export interface ImageContext {
  readonly dialect: Dialect;
  /** The same in images of the machine that the line names. */
  readonly records: Dialect;
  readonly definitions: FormatDefinitions;
  /** The raw blocks of the dialect by their names. */
  readonly blocks: ReadonlyMap<string, RawBlock>;
}

/** The context that an image line gives the lines behind it. It must be as its schema says. */
export function imageContext(
  formats: readonly StreamFormat[],
  line: JsonObject,
  number: number,
): ImageContext {
  const { format, dialect } = dialectOfLine(formats, line)!;
  const blocks = dialect.automaton.places.flatMap(({ raw }) => raw);
  return {
    dialect,
    records: dialect.at(abiOf(dialect, line, number)),
    definitions: definitionsOf(format),
    blocks: new Map(blocks.map(block => [block.name, block])),
  };
}

/** The dialect that an image line names, and its format; undefined if there is none. */
export function dialectOfLine(
  formats: readonly StreamFormat[],
  line: JsonObject,
): { readonly format: StreamFormat; readonly dialect: Dialect } | undefined {
  for (const format of formats) {
    const dialect = format.dialects.find(({ name }) => name === line["dialect"]);
    if (dialect !== undefined) return { format, dialect };
  }
  return undefined;
}

function abiOf({ name, abi, anyAbi }: Dialect, line: JsonObject, number: number): Abi {
  const told = line["abi"] as Abi | undefined;
  if (told === undefined || anyAbi) return told ?? abi;
  throw lineError(number, "/abi", `images of ${name} are of ${abi.arch} only`);
}
