import { type JsonSchema, schemaHead } from "../codec/schema.js";
import type { StreamFormat } from "../stream/stream-format.js";
import {
  definitionsOf,
  gapDefinition,
  headDefinition,
  imageDefinition,
  unknownDefinition,
} from "./line-definitions.js";

/** The JSON Schema of the lines that decode writes and encode reads, by file name. The tables are where it comes from. */
export function lineSchemas(formats: readonly StreamFormat[]): Record<string, JsonSchema> {
  const definitions = lineDefinitions(formats);
  return {
    "image-line.schema.json": {
      ...schemaHead("image-line", "One line of `crimg decode`, which `crimg encode` reads."),
      // Not oneOf: the first fields of a CPU that was cut short are those of both its layouts.
      anyOf: Object.keys(definitions).map(name => ({ $ref: `#/$defs/${name}` })),
      $defs: definitions,
    },
  };
}

/** Every kind of line of any image, by name: each has a definition of its own. */
export function lineDefinitions(formats: readonly StreamFormat[]): Record<string, JsonSchema> {
  const definitions: Record<string, JsonSchema> = { head: headDefinition, image: imageDefinition(formats) };
  for (const format of formats.filter(({ dialects }) => dialects.length > 0)) {
    for (const [name, definition] of definitionsOf(format).named()) {
      // A format that comes later renames nothing of those before.
      definitions[name in definitions ? `${name}-${format.id}` : name] = definition;
    }
  }
  return { ...definitions, unknown: unknownDefinition, gap: gapDefinition };
}
