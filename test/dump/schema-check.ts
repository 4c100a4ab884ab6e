import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

const folder = new URL("../../schemas/", import.meta.url);

/** A schema as it is published. */
export function publishedSchema(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Record<string, unknown>;
}

/** Fails, with what is wrong, unless the value is as the published schema says. */
export function schemaCheck(name: string): (value: unknown, about: string) => void {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  // dump.schema.json refers to it.
  if (name !== "dump-item.schema.json") ajv.addSchema(publishedSchema("dump-item.schema.json"));
  const validate = ajv.compile(publishedSchema(name));
  return (value, about) => {
    if (!validate(value)) expect.fail(`${about}: ${ajv.errorsText(validate.errors)}`);
  };
}
