import { withField } from "../../image/splice.js";
import { edges } from "./edges.js";
import type { Mutator } from "./mutator.js";
import { anyRecord } from "./places.js";

/** Every field that says how much of something follows. */
const countFields: Readonly<Record<string, string>> = {
  PGARR: "nr_pages",
  MM: "map_count",
  FILES: "nfds",
  MM_CONTEXT: "nldt",
  THREAD: "ntls",
  TREE: "tasks_nr",
  HEAD_ARCH: "xstate_size",
  TASK: "task_comm_len",
};

/** A count that is not that of what follows. */
export const lieAboutCount: Mutator = (image, random) => {
  const record = anyRecord(image, random, Object.keys(countFields));
  const field = countFields[record?.name ?? ""]!;
  if (record === undefined || !(field in record.fields)) return image;
  const before = BigInt((record.fields as unknown as Record<string, number | bigint>)[field]!);
  return withField(image, record, field, random.pick([...edges, before + 1n, before - 1n, before * 2n]));
};
