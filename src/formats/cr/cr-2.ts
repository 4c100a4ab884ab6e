import { counted, group, optional, sequence } from "../../codec/grammar.js";
import { comm, cr1, memory, registers } from "./cr-1.js";
import { fdData, fdEnt, files } from "./records.js";

/** The open files of a task: the same in every dialect that has them. */
export const descriptors = group(
  "files",
  "FILES",
  counted(
    "FILES.nfds",
    group(
      "fd_ent",
      "FD_ENT",
      optional(group("fd_data", "FD_DATA", "FNAME"), undefined, "at the first FD_ENT with its objref"),
    ),
  ),
);

/** v6, v7 and v8: descriptors. v7 put the FPU state into CPU where v6 wrote a pointer; the layout is the same. */
export const cr2 = cr1.next("cr-2", {
  doc: "v6, v7 and v8: open files.",
  rev: 2,
  series: ["v6", "v8"],
  types: { ...cr1.types, FILES: 301, FD_ENT: 302, FD_DATA: 303 },
  tables: { ...cr1.tables, FILES: files, FD_ENT: fdEnt, FD_DATA: fdData },
  image: sequence("HEAD", counted(1, group("task", "TASK", comm, memory, descriptors, registers)), "TAIL"),
});
