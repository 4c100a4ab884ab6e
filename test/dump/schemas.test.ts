import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { splitSchemas } from "../../src/cli/split-schema.js";
import { convertSchemas } from "../../src/convert/schemas.js";
import { formatsJson } from "../../src/dump/formats.js";
import { dumpSchemas } from "../../src/dump/schemas.js";
import { summaryJson } from "../../src/dump/summary-view.js";
import { dialects } from "../../src/formats/cr/dialects.js";
import { formats } from "../../src/formats/registry.js";
import { lineSchemas } from "../../src/lines/line-schema.js";
import { bytesSource } from "../../src/source/source.js";
import { verifySchemas } from "../../src/verify/schemas.js";
import { runCrimg } from "../cli/run-crimg.js";
import { summarize } from "../engines.js";
import { samples } from "../format/samples.js";
import { facets } from "../verify/verifier.js";
import { publishedSchema, schemaCheck } from "./schema-check.js";

describe("schemas/ is what the tables make (npm run schemas writes it anew)", () => {
  const made = {
    ...dumpSchemas(formats),
    ...verifySchemas(formats, facets),
    ...convertSchemas(),
    ...lineSchemas(formats),
    ...splitSchemas(formats),
  };

  test("no schema is missing, none is left over", () => {
    const published = readdirSync(new URL("../../schemas/", import.meta.url));
    expect(published.filter(name => name.endsWith(".json")).sort()).toEqual(Object.keys(made).sort());
  });

  test.each(Object.entries(made))("%s", (name, schema) => {
    expect(publishedSchema(name)).toEqual(JSON.parse(JSON.stringify(schema)));
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      description: expect.any(String),
    });
  });
});

describe("info --json is as its schema says", () => {
  const check = schemaCheck("info.schema.json");

  test.each(samples)("$dialect/$name", ({ name, bytes }) => {
    const list = summarize(bytesSource(bytes)).map(summary => summaryJson(name, summary));
    expect(list.length).toBeGreaterThan(0);
    check(JSON.parse(JSON.stringify(list)), name);
  });

  test("as the command prints it, for all samples at once", async () => {
    const files = samples.map(({ dialect, name }) => `samples/${dialect}/${name}`);
    const { stdout } = await runCrimg(["info", ...files, "--json"]);
    const list = JSON.parse(stdout) as { file: string }[];
    check(list, "info --json");
    // v6-twice holds two.
    expect(list).toHaveLength(samples.length + 1);
    expect(new Set(list.map(({ file }) => file))).toEqual(new Set(files));
  });
});

describe("formats --json is as its schema says", () => {
  const check = schemaCheck("formats.schema.json");

  test("all dialects, as the command prints them", async () => {
    const { stdout } = await runCrimg(["formats", "--json"]);
    const formats = JSON.parse(stdout) as { dialects: { name: string }[] };
    check(formats, "formats --json");
    expect(formats.dialects.map(({ name }) => name)).toEqual(dialects.map(({ name }) => name));
  });

  test.each(dialects.map(dialect => ({ dialect, name: dialect.name })))(
    "$name, record by record",
    ({ dialect }) => {
      const records = Object.keys(dialect.types);
      expect(records.length).toBeGreaterThan(10);
      for (const record of records) {
        const formats = JSON.parse(JSON.stringify(formatsJson([dialect], record.toLowerCase())));
        check(formats, record);
        expect(formats.dialects[0].records.map(({ name }: { name: string }) => name)).toEqual([record]);
      }
    },
  );
});
