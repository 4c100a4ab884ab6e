import { count, type JsonSchema, listOf, objectOf, schemaHead, text } from "../codec/schema.js";
import type { StreamFormat } from "../stream/stream-format.js";

/** The JSON Schema of what split prints, by file name. */
export function splitSchemas(formats: readonly StreamFormat[]): Record<string, JsonSchema> {
  const dialects = formats.flatMap(format => format.dialects);
  const place = {
    offset: { ...count, description: "bytes from the start of the file that was split" },
    length: { ...count, description: "bytes" },
  };
  const written = objectOf({
    image: { ...count, description: "which image of the file" },
    path: { ...text, description: "the file it was written to" },
    ...place,
    dialect: { enum: dialects.map(({ name }) => name) },
  });
  return {
    "split.schema.json": {
      ...schemaHead("split", "What `crimg split --json` prints."),
      ...objectOf({
        file: { ...text, description: "the file, as it was named; stdin for -" },
        images: listOf(written),
        gaps: { ...listOf(objectOf(place)), description: "what belongs to no image, and is not written" },
      }),
    },
  };
}
