/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** How a published schema (schemas/NAME.schema.json) begins. */
export function schemaHead(name: string, description: string): JsonSchema {
  return { $schema: DRAFT, $id: `https://crimg.invalid/schemas/${name}.schema.json`, description };
}

/** An object with these members and no others; all but the optional ones are always there. */
export function objectOf(properties: JsonSchema, optional: readonly string[] = []): Record<string, unknown> {
  const required = Object.keys(properties).filter(name => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

/** A list of any length. */
export function listOf(items: unknown): Record<string, unknown> {
  return { type: "array", items };
}

/** A number of things, or of bytes. */
export const count: JsonSchema = { type: "integer", minimum: 0 };

/** Any text. */
export const text: JsonSchema = { type: "string" };

/** null. */
export const nothing: JsonSchema = { type: "null" };
