// `npm run readme`: runs the commands whose output README.md shows, and writes it anew. A test holds them to each other.
import { readFileSync, writeFileSync } from "node:fs";
import { currentReadme, readmePath } from "./readme-output.js";

writeFileSync(readmePath, currentReadme(readFileSync(readmePath, "utf8")));
