// `npm run schemas`: writes the schemas in this folder from the tables. A test holds them to each other.
import { writeFileSync } from "node:fs";
import { convertSchemas } from "../dist/convert/schemas.js";
import { dumpSchemas } from "../dist/dump/schemas.js";
import { verifySchemas } from "../dist/verify/schemas.js";

for (const [name, schema] of Object.entries({ ...dumpSchemas(), ...verifySchemas(), ...convertSchemas() })) {
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(schema, undefined, 2)}\n`);
}
