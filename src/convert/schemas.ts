import { count, type JsonSchema, listOf, nothing, objectOf, schemaHead, text } from "../codec/schema.js";

const textOrNull: JsonSchema = { anyOf: [text, nothing] };

/** The JSON Schema of what `crimg convert --report` writes, by file name. */
export function convertSchemas(): Record<string, unknown> {
  const entry = objectOf({
    kind: { enum: ["dropped", "invented", "changed", "renumbered"] },
    path: { ...text, description: "place in the source; [*] where the entry stands for several" },
    record: { ...text, description: "the record or raw block" },
    field: {
      ...textOrNull,
      description: "its field; type or parent of its header; null for all of it",
    },
    old: { ...textOrNull, description: "the value before; null if there was none, or if several differ" },
    new: { ...textOrNull, description: "the value after; null if there is none, or if several differ" },
    why: text,
    loss: { type: "boolean", description: "converting back would not bring the value back" },
    count: { ...count, description: "how many places the entry stands for" },
  });
  const counts = objectOf({ dropped: count, invented: count, changed: count, renumbered: count });
  return {
    "convert-report.schema.json": {
      ...schemaHead("convert-report", "What `crimg convert --report` writes: one object for each result."),
      ...listOf(
        objectOf({
          image: { ...text, description: "the file that was converted" },
          task: {
            anyOf: [{ type: "integer" }, nothing],
            description: "pid of the task that was taken out; null if all were",
          },
          output: { ...textOrNull, description: "the file that was written; null for stdout and --dry-run" },
          from: { ...text, description: "dialect of the source; of several images that of the first" },
          to: { ...text, description: "dialect of the result" },
          series: { ...text, description: "patch series of the kernel that it is made for" },
          images: { ...count, description: "images converted" },
          entries: listOf(entry),
          counts: { ...counts, description: "places by what was done to them, omitted ones too" },
          lossy: { type: "boolean", description: "something is lost" },
          omitted: { ...count, description: "entries that are counted but not listed" },
        }),
      ),
    },
  };
}
