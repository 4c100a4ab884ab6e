import { mayGenerateCode } from "../codec/code-generation.js";
import type { JsonSchema } from "../codec/schema.js";
import { CrimgError } from "../errors.js";
import { type JsonObject, lineError, valueText } from "./line.js";

/** Throws unless the line is as its definition says. */
export type LineCheck = (definition: JsonSchema, line: JsonObject, number: number) => void;

let loaded: Promise<LineCheck> | undefined;

/**
 * Loads ajv, once; `usage` where it may not do its work. It takes longer than anything else here, so only who reads
 * lines waits for it. Each definition is compiled when its first line comes, and a line is held against the one it means
 * to be: of 600,000 lines of areas that takes 0.5 us each, where asking the whole schema which of its 47 definitions fits
 * takes 19 us, and 250 ms to compile.
 */
export function lineCheck(): Promise<LineCheck> {
  loaded ??= loadCheck();
  return loaded;
}

async function loadCheck(): Promise<LineCheck> {
  if (!mayGenerateCode()) {
    const message =
      "lines cannot be checked here: ajv generates code from text, which this environment forbids";
    throw new CrimgError("usage", message);
  }
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  // The schema is published, and tested: nothing is to be found out about it here.
  const ajv = new Ajv2020({
    strict: true,
    allErrors: true,
    verbose: true,
    meta: false,
    validateSchema: false,
  });
  // ajv compiles a schema once: it knows them by their objects.
  return (definition, line, number) => {
    const validate = ajv.compile(definition);
    if (validate(line)) return;
    const errors = validate.errors!;
    // A name that is misspelt is also one that is missing, which says less.
    const worst = errors.find(({ keyword }) => keyword === "additionalProperties") ?? errors[0]!;
    const { pointer, message } = complaint(worst);
    throw lineError(number, pointer, message);
  };
}

interface SchemaComplaint {
  readonly pointer: string;
  readonly message: string;
}

/** What ajv found: the word of the schema that is not met, where in the line, and what stands there. */
interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}

/** The same in words for people who have no schema at hand. */
function complaint({ keyword, instancePath, params, parentSchema, data }: SchemaError): SchemaComplaint {
  const at = (name: string) => `${instancePath}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  switch (keyword) {
    case "additionalProperties": {
      const known = Object.keys(parentSchema!["properties"] as object).join(", ");
      const { additionalProperty: name } = params as { additionalProperty: string };
      return { pointer: at(name), message: `there is no ${valueText(name)} here, only ${known}` };
    }
    case "required": {
      const { missingProperty: name } = params as { missingProperty: string };
      return { pointer: instancePath, message: `"${name}" is missing` };
    }
    case "dependentRequired": {
      const { missingProperty, property } = params as Record<"missingProperty" | "property", string>;
      const message = `"${missingProperty}" is missing, and "${property}" stands behind it: what is short lacks its last fields`;
      return { pointer: instancePath, message };
    }
    default:
      return {
        pointer: instancePath,
        message: `expected ${wordsFor(parentSchema as ValueSchema)}, found ${valueText(data)}`,
      };
  }
}

interface ValueSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

function wordsFor(schema: ValueSchema): string {
  if (schema.const !== undefined) return valueText(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.map(valueText).join(", ")}`;
  switch (schema.type) {
    case "integer":
      return integerWords(schema);
    case "string":
      return schema.pattern === undefined ? "a string" : patternWords(schema.pattern);
    case "array":
      return "a list";
    default:
      return "an object";
  }
}

function integerWords({ minimum, maximum }: ValueSchema): string {
  if (maximum !== undefined) return `a whole number from ${minimum} to ${maximum}`;
  return minimum === undefined ? "a whole number" : `a whole number from ${minimum} on`;
}

/** The patterns that codec/json.ts makes. */
function patternWords(pattern: string): string {
  if (pattern.startsWith("^0x")) return 'hex in quotes ("0x1f": small letters, at most 16 digits)';
  if (pattern.startsWith("^[0-9]{")) return 'a decimal number in quotes ("31")';
  const digits = /\{([0-9]+)\}\$$/.exec(pattern)?.[1];
  return digits === undefined
    ? "hex digits, small letters, two a byte"
    : `${digits} hex digits, small letters`;
}
