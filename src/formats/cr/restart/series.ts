import type { Dialect } from "../../../stream/dialect.js";
import { cr1 } from "../cr-1.js";
import { cr2 } from "../cr-2.js";
import { cr3a } from "../cr-3a.js";
import { cr3b } from "../cr-3b.js";

/** How the restart code of one patch series reads. Each is declared as its difference from the one before. */
export interface RestartSeries {
  readonly name: string;
  /** Record numbers and sizes it knows, and the rev it wants. */
  readonly dialect: Dialect;
  /** Restores memory and registers; without, it reads head, task, comm and tail. */
  readonly memory: boolean;
  /** Restores open files. */
  readonly files: boolean;
  /** Several tasks: HEAD_ARCH, TREE and pids. */
  readonly tree: boolean;
  /** If the pids of a TREE have a size of 0 it waits for ever; else it reads on as if there were one task. */
  readonly waitsForNone: boolean;
  /** What cr_kread answers at the end of the file: success with its buffer as it was, or -EPIPE. */
  readonly endOfFile: "ignored" | "EPIPE";
  /** cr_read_obj_type wants exactly the struct's size; before, less would do. */
  readonly exactLength: boolean;
  /** Largest fd_type that is accepted. */
  readonly lastFdType: number;
}

function next(before: RestartSeries, name: string, changes: Partial<RestartSeries>): RestartSeries {
  return { ...before, name, ...changes };
}

const v5p2: RestartSeries = {
  name: "v5p2",
  dialect: cr1,
  memory: false,
  files: false,
  tree: false,
  waitsForNone: false,
  endOfFile: "ignored",
  exactLength: false,
  lastFdType: 3,
};
const v6p5 = next(v5p2, "v6p5", { memory: true });
const v6 = next(v6p5, "v6", { dialect: cr2, files: true });
const v8 = next(v6, "v8", {});
const v9 = next(v8, "v9", { dialect: cr3a, tree: true });
// Booted kernels of v9 and v13 were given tasks_nr 0 and 0x80000000 (16 times which is 0); those between were not asked.
const v10 = next(v9, "v10", { dialect: cr3b, exactLength: true, waitsForNone: true });
const v11 = next(v10, "v11", { endOfFile: "EPIPE", lastFdType: 2 });
const v12 = next(v11, "v12", {});
const v13 = next(v12, "v13", {});

/** Every series whose reader is known, oldest first. */
export const restartSeries: readonly RestartSeries[] = [v5p2, v6p5, v6, v8, v9, v10, v11, v12, v13];
