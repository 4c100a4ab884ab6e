import { RecordReader } from "../../stream/record-reader.js";
import type { Format } from "../format.js";
import { commands } from "./commands.js";
import { dialects } from "./dialects.js";
import { CrFacts } from "./facts.js";
import { probe } from "./probe.js";
import { CrEvidence } from "./series.js";

/** The images of the Linux checkpoint/restart patches of 2008 and early 2009 (v5 to v13). */
export const cr: Format = {
  id: "cr",
  title: "linux-cr, 2008 (v5 to v13)",
  probe,
  dialects,
  commands,
  reader: (start, input) => new RecordReader(start, input),
  facts: () => new CrFacts(),
  evidence: ({ dialect }) => new CrEvidence(dialect),
  facets: {
    verify: async () => (await import("./verify/facet.js")).verifyFacet,
    convert: async () => (await import("./convert/facet.js")).convertFacet,
  },
};
