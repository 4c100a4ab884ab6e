import { counted, group, record, sequence } from "../../codec/grammar.js";
import { comm, memory } from "./cr-1.js";
import { cr2, descriptors } from "./cr-2.js";
import { taskIds, tlsIfUsed, xstate } from "./raw.js";
import { cpu272, headArch, tree } from "./records.js";

/** v9: several tasks, the FPU's kind up front and its state out of CPU, TLS only where there is some. */
export const cr3a = cr2.next("cr-3a", {
  doc: "v9: several tasks, HEAD_ARCH and TREE, FPU state behind CPU, TLS only if used.",
  rev: 3,
  series: ["v9"],
  types: {
    ...cr2.types,
    HEAD_ARCH: 2,
    STRING: 3,
    FNAME: 4,
    TREE: 101,
    TASK: 102,
    THREAD: 103,
    CPU: 104,
  },
  tables: { ...cr2.tables, HEAD_ARCH: headArch, TREE: tree, CPU: cpu272 },
  image: sequence(
    "HEAD",
    "HEAD_ARCH",
    record("TREE", taskIds),
    counted(
      "TREE.tasks_nr",
      group("task", "TASK", comm, memory, descriptors, record("THREAD", tlsIfUsed), record("CPU", xstate)),
    ),
    "TAIL",
  ),
});
