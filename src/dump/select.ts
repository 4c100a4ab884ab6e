import { CrimgError } from "../errors.js";
import { type Format, formatOf } from "../formats/format.js";
import type { Fact, FactLens, TaskFact } from "../model/fact.js";
import type { ImageStart, Item } from "../stream/item.js";

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
export function selectableNames(list: string, formats: readonly Format[]): string[] {
  const known = new Set(
    formats
      .flatMap(({ dialects }) => dialects)
      .flatMap(({ types, automaton }) => [
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

/** pids that are told where the wanted one is not found. */
const PIDS_TOLD = 1000;

/** Passes on the selected items. Holds back the first records of a task until one tells its pid. */
export class Selector {
  /** pids of the tasks met, while there are few. */
  readonly pids: number[] = [];
  private readonly only: ReadonlySet<string> | undefined;
  private image: ImageStart | undefined;
  private lens: FactLens | undefined;
  /** The task that the latest items belong to, and what is known of it. */
  private task: number | undefined;
  private isWanted: boolean | undefined;
  private held: Item[] = [];

  constructor(
    private readonly pass: (item: Item) => void,
    private readonly selection: Selection,
  ) {
    const { only } = selection;
    this.only = only === undefined ? undefined : new Set(only.map(name => name.toLowerCase()));
  }

  add(item: Item): void {
    if (this.selection.task === undefined) this.emit(item);
    else if (item.kind !== "gap") this.addOfTask(item);
  }

  private addOfTask(item: Exclude<Item, { kind: "gap" }>): void {
    if (item.image !== this.image) {
      this.image = item.image;
      this.lens = formatOf(item.image).facts(item.image);
      this.task = undefined;
    }
    this.lens!.add(item, this.learn);
    const { task } = this.lens!;
    if (task !== this.task) {
      this.task = task;
      this.isWanted = undefined;
      this.held = [];
    }
    if (task === undefined) return;
    if (this.isWanted === undefined) this.held.push(item);
    else if (this.isWanted) this.emit(item);
    this.decide();
  }

  /** Of tasks that have just been told. */
  private told: TaskFact | undefined;

  private readonly learn = (fact: Fact): void => {
    if (fact.kind === "task") this.told = fact;
  };

  private decide(): void {
    const { told, task } = this;
    if (this.isWanted !== undefined || told?.index !== task || told?.pid === undefined) return;
    if (this.pids.length < PIDS_TOLD) this.pids.push(told.pid);
    this.isWanted = told.pid === this.selection.task;
    if (this.isWanted) for (const item of this.held) this.emit(item);
    this.held = [];
  }

  private emit(item: Item): void {
    const { pages = true } = this.selection;
    if (!pages && item.kind === "raw" && (item.block.extent || item.block.settle !== undefined)) return;
    if (this.only === undefined || ("name" in item && this.only.has(item.name.toLowerCase())))
      this.pass(item);
  }
}
