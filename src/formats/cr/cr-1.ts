import { counted, group, optional, record, sequence, sized, until, when } from "../../codec/grammar.js";
import { dialect } from "../../stream/dialect.js";
import { framing, i386 } from "./framing.js";
import { ldt, pageBlocks, tlsAlways } from "./raw.js";
import {
  cpu784,
  cpu896,
  fname,
  head,
  mm,
  mmContext,
  pgarr,
  string,
  tail,
  task,
  thread,
  vma,
} from "./records.js";

/** The address space of a task: the same in every dialect. */
export const memory = group(
  "mm",
  "MM",
  counted(
    "MM.map_count",
    group(
      "vma",
      "VMA",
      optional("FNAME", when("VMA.vma_type", "=", 2)),
      until(when("PGARR.nr_pages", "=", 0), group("pgarr", record("PGARR", ...pageBlocks))),
    ),
  ),
  record("MM_CONTEXT", ldt),
);

/** task_struct.comm, behind its TASK. */
export const comm = sized("TASK.task_comm_len", "STRING");

export const registers = sequence(record("THREAD", tlsAlways), "CPU");

/** v5 patch 2/8 alone: head, task, comm and tail. v6 up to patch 5/9: memory and registers too, no files. */
export const cr1 = dialect("cr-1", {
  doc: "v5 2/8 (head, task, comm, tail) and v6 up to 5/9 (memory and registers, no files).",
  rev: 1,
  series: ["v5p2", "v6p5"],
  framing,
  abi: i386,
  begins: "HEAD",
  ends: ["TAIL"],
  types: {
    HEAD: 1,
    STRING: 2,
    FNAME: 3,
    TASK: 101,
    THREAD: 102,
    CPU: 103,
    MM: 201,
    VMA: 202,
    PGARR: 203,
    MM_CONTEXT: 204,
    TAIL: 5001,
  },
  tables: {
    HEAD: head,
    STRING: string,
    FNAME: fname,
    TASK: task,
    THREAD: thread,
    CPU: [cpu784, cpu896],
    MM: mm,
    VMA: vma,
    PGARR: pgarr,
    MM_CONTEXT: mmContext,
    TAIL: tail,
  },
  image: sequence(
    "HEAD",
    counted(
      1,
      group(
        "task",
        "TASK",
        comm,
        optional(sequence(memory, registers), undefined, "v6: memory and registers; v5 2/8 has neither"),
      ),
    ),
    "TAIL",
  ),
});
