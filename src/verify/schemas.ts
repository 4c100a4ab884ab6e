import { count, type JsonSchema, listOf, objectOf, schemaHead, text } from "../codec/schema.js";
import type { Format } from "../formats/format.js";
import { modelsOf, type VerifyFacets } from "./facets.js";
import { rulesOf } from "./rules.js";

/** The JSON Schemas of what verify prints, by file name. Rules, series and dialects are those of the formats. */
export function verifySchemas(formats: readonly Format[], facets: VerifyFacets): Record<string, unknown> {
  return {
    "verify-image.schema.json": imageSchema(formats, facets),
    "verify.schema.json": {
      ...schemaHead("verify", "What `crimg verify --json` prints: a report of each image."),
      ...listOf({ $ref: "verify-image.schema.json" }),
    },
    "rules.schema.json": rulesSchema(),
  };
}

const severity: JsonSchema = { enum: ["error", "warning", "note"] };

function imageSchema(formats: readonly Format[], facets: VerifyFacets): JsonSchema {
  const models = modelsOf(facets);
  const finding = objectOf(
    {
      rule: { enum: rulesOf(facets).map(({ id }) => id), description: "see crimg verify --rules" },
      severity,
      offset: { ...count, description: "bytes from the start of the file" },
      path: { ...text, description: "place in the grammar, e.g. task[0].mm.vma[3]" },
      message: text,
      hint: { ...text, description: "what mends it" },
    },
    ["hint"],
  );
  return {
    ...schemaHead("verify-image", "One line of `crimg verify --jsonl`: the report of an image."),
    ...objectOf(
      {
        image: { ...text, description: "the file, as it was named; stdin for -" },
        dialect: {
          enum: [...formats.flatMap(({ dialects }) => dialects.map(({ name }) => name)), null],
          description: "null if there is no image",
        },
        findings: {
          ...listOf(finding),
          description: "those that --severity and --max let through, as they were found",
        },
        counts: {
          ...objectOf({ error: count, warning: count, note: count }),
          description: "of all findings, shown or not",
        },
        verdict: verdictSchema(models.flatMap(({ series }) => series)),
      },
      models.length < formats.length ? ["verdict"] : [],
    ),
  };
}

function verdictSchema(series: readonly string[]): JsonSchema {
  const returns = { type: "integer", maximum: 0 };
  const task = objectOf(
    {
      pid: { type: "integer", description: "in the image" },
      fate: { enum: ["restored", "refused", "waits"], description: "waits: for ever" },
      returns: { ...returns, description: "of its own sys_restart, if that refuses it" },
    },
    ["returns"],
  );
  return objectOf(
    {
      series: { enum: series, description: "whose sys_restart this is" },
      returns: { ...returns, description: "0, or a negative error; -512 if it waits until it is killed" },
      errno: {
        type: ["string", "null"],
        pattern: "^E[A-Z0-9]+$",
        description: "name of the error; null for 0, and for a number that is no error of a restart",
      },
      position: { ...count, description: "file position at which it returns" },
      visible: {
        type: "boolean",
        description: "the caller sees the value; if not, its memory is gone by then",
      },
      depends: {
        ...listOf(text),
        minItems: 1,
        description: "what decides beside the image; the verdict is what holds otherwise",
      },
      tasks: { ...listOf(task), description: "in an image of several tasks: what becomes of each" },
    },
    ["depends", "tasks"],
  );
}

function rulesSchema(): JsonSchema {
  return {
    ...schemaHead("rules", "What `crimg verify --rules --json` prints."),
    ...listOf(
      objectOf({
        id: { ...text, pattern: "^[a-z]+(-[a-z]+)*$" },
        group: {
          enum: ["structure", "references", "sense"],
          description: "the bytes; numbers that stand for something elsewhere; what the numbers say",
        },
        severity,
        title: { ...text, description: "what a finding of it says, in general" },
        why: { ...text, description: "why it matters" },
        source: { ...text, description: "the kernel function or the part of the format behind it" },
      }),
    ),
  };
}
