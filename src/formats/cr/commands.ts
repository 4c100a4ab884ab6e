import type { FormatCommands } from "../commands.js";
import { convertCommand } from "./convert/options.js";

/** What the images of 2008 add to the command line. */
export const commands: FormatCommands = {
  dump: {
    examples: [
      { command: "crimg dump app.img --only VMA,CPU", what: "these records, field by field" },
      { command: "crimg dump app.img --jsonl | jq 'select(.name == \"VMA\")'", what: "for programs" },
    ],
  },
  formats: {
    examples: [
      { command: "crimg formats cr-3a", what: "its records, their order, and what is new in it" },
      { command: "crimg formats cr-2 VMA", what: "offset, C type, name and meaning of each field" },
      { command: "crimg formats cr-3a pids", what: "the same of a raw block" },
    ],
  },
  encode: {
    // With every field that `countRules` finds in the grammars: a test holds it to them.
    fixCounts:
      "task_comm_len, tasks_nr, map_count, nr_pages, nldt, nfds and ntls. In images of v6 to v11 the running totals in " +
      "nr_pages become true counts, which every series reads; a PGARR that only repeats a total is left out.",
  },
  convert: convertCommand,
};
