import { CrimgError } from "../errors.js";
import { dialects } from "../formats/cr/dialects.js";
import type { Item } from "../stream/item.js";

/** Which items to show. */
export interface Selection {
  /** Names of records and raw blocks, as in `Item.name`, in upper or lower case. Default: all. */
  readonly only?: readonly string[];
  /** Only what belongs to the task with this pid. Default: all, and what belongs to none. */
  readonly task?: number;
  /** False leaves out page addresses and contents. Default true. */
  readonly pages?: boolean;
}

/** The names in a comma-separated list, checked against those that any dialect gives its records and raw blocks. */
export function selectableNames(list: string): string[] {
  const known = new Set(
    dialects.flatMap(({ types, automaton }) => [
      ...Object.keys(types),
      ...automaton.places.flatMap(({ raw }) => raw.map(({ name }) => name)),
    ]),
  );
  const names = list
    .split(",")
    .map(name => name.trim())
    .filter(Boolean);
  if (names.length === 0) throw new CrimgError("usage", `--only takes names, found "${list}"`);
  for (const name of names) {
    if (known.has(name.toUpperCase()) || known.has(name.toLowerCase())) continue;
    throw new CrimgError("usage", `no record or raw block "${name}"; there are ${[...known].join(", ")}`);
  }
  return names;
}

/** Passes on the selected items. Holds back the first records of a task until one tells its pid. */
export class Selector {
  /** pids of the tasks met, while there are few. */
  readonly pids: number[] = [];
  private readonly only: ReadonlySet<string> | undefined;
  private held: Item[] = [];
  private inTask: "no" | "unsure" | "yes" = "no";

  constructor(
    private readonly pass: (item: Item) => void,
    private readonly selection: Selection,
  ) {
    const { only } = selection;
    this.only = only === undefined ? undefined : new Set(only.map(name => name.toLowerCase()));
  }

  add(item: Item): void {
    const { task } = this.selection;
    if (task === undefined) {
      this.emit(item);
      return;
    }
    if (!/(^|\.)task\[/.test(item.path)) return;
    if (item.kind === "record" && item.name === "TASK") {
      this.inTask = "unsure";
      this.held = [];
    }
    if (this.inTask === "unsure") {
      this.held.push(item);
      const pid = pidOf(item);
      if (pid !== undefined) this.decide(pid, pid === task);
    } else if (this.inTask === "yes") this.emit(item);
  }

  private decide(pid: number, wanted: boolean): void {
    if (this.pids.length < 1000) this.pids.push(pid);
    this.inTask = wanted ? "yes" : "no";
    if (wanted) for (const item of this.held) this.emit(item);
    this.held = [];
  }

  private emit(item: Item): void {
    const { pages = true } = this.selection;
    if (!pages && item.kind === "raw" && (item.name === "addresses" || item.name === "pages")) return;
    if (this.only === undefined || ("name" in item && this.only.has(item.name.toLowerCase())))
      this.pass(item);
  }
}

/** The pid that a record of a task carries as its parent. */
function pidOf(item: Item): number | undefined {
  if (item.kind !== "record") return undefined;
  return item.name === "MM" || item.name === "FILES" || item.name === "THREAD" || item.name === "CPU"
    ? item.header["parent"]
    : undefined;
}
