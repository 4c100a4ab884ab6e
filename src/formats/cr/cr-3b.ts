import { cr3a } from "./cr-3a.js";
import { buffer } from "./records.js";

/** v10 to v13: BUFFER takes number 3, so STRING and FNAME move by one. HEAD.rev stays 3. */
export const cr3b = cr3a.next("cr-3b", {
  doc: "v10 to v13: BUFFER inserted, STRING and FNAME renumbered; rev unchanged.",
  series: ["v10", "v11", "v12", "v13"],
  types: { ...cr3a.types, BUFFER: 3, STRING: 4, FNAME: 5 },
  tables: { ...cr3a.tables, BUFFER: buffer },
});
