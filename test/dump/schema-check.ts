import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

const folder = new URL("../../schemas/", import.meta.url);

/** A schema as it is published. */
export function publishedSchema(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Record<string, unknown>;
}

type Check = (value: unknown, about: string) => void;

/**
 * Fails, with what is wrong, unless the value is as the published schema says. The schema is compiled for the first
 * value: that takes as long as a thousand checks, and many who could check have nothing to.
 */
export function schemaCheck(name: string): Check {
  let check: Check | undefined;
  return (value, about) => {
    check ??= compiled(name);
    check(value, about);
  };
}

function compiled(name: string): Check {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  // A list refers to the schema of its elements.
  for (const element of ["dump-item.schema.json", "verify-image.schema.json"])
    if (name !== element) ajv.addSchema(publishedSchema(element));
  const validate = ajv.compile(publishedSchema(name));
  return (value, about) => {
    if (!validate(value)) expect.fail(`${about}: ${ajv.errorsText(validate.errors)}`);
  };
}
