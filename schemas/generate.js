// `npm run schemas`: writes the schemas in this folder from the tables. A test holds them to each other.
import { writeFileSync } from "node:fs";
import { splitSchemas } from "../dist/cli/split-schema.js";
import { convertSchemas } from "../dist/convert/schemas.js";
import { dumpSchemas } from "../dist/dump/schemas.js";
import { formats } from "../dist/formats/registry.js";
import { lineSchemas } from "../dist/lines/line-schema.js";
import { loadVerifyFacets } from "../dist/verify/facets.js";
import { verifySchemas } from "../dist/verify/schemas.js";

const schemas = {
  ...dumpSchemas(formats),
  ...verifySchemas(formats, await loadVerifyFacets(formats)),
  ...convertSchemas(),
  ...lineSchemas(formats),
  ...splitSchemas(formats),
};
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(schema, undefined, 2)}\n`);
}
