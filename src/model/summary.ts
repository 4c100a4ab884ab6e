import type { ImageStart, Item } from "../stream/item.js";
import type { Fact, FactLens, ImageFact, TaskFact } from "./fact.js";
import type { SeriesEvidence, SeriesGuess } from "./series.js";

/** Tasks a summary describes one by one; more are only counted. */
const TASKS_DESCRIBED = 4096;

/** An image in a few numbers. */
export interface Summary {
  readonly image: ImageStart;
  /** Bytes, from head to tail. */
  readonly length: number;
  readonly series: SeriesGuess;
  /** What its head says; undefined if it has none that could be read. */
  readonly head: SummaryHead | undefined;
  /** The tasks in the order of the image; of very many only the first are described. */
  readonly tasks: readonly TaskSummary[];
  readonly taskCount: number;
  readonly vmas: number;
  /** Bytes of address space. */
  readonly mapped: bigint;
  /** Dumped pages. */
  readonly pages: number;
  readonly pageSize: number;
  readonly descriptors: number;
  readonly openFiles: number;
  readonly items: { readonly record: number; readonly raw: number; readonly unknown: number };
  /** True if the image was read up to its end. */
  readonly complete: boolean;
}

export type SummaryHead = Omit<ImageFact, "kind" | "item">;

export interface TaskSummary {
  /** As in the path: `task[index]`. */
  readonly index: number;
  /** pid seen from the root task's namespace; undefined if nothing in the image says it. */
  readonly pid: number | undefined;
  /** The parent's; not every format says it. */
  readonly ppid: number | undefined;
  readonly comm: string;
  readonly vmas: number;
  /** Dumped pages. */
  readonly pages: number;
  readonly descriptors: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Adds up what an image says. */
export class Summarizer {
  private readonly tasks: Mutable<TaskSummary>[] = [];
  private task: Mutable<TaskSummary> | undefined;
  private taskCount = 0;
  private head: SummaryHead | undefined;
  private readonly items = { record: 0, raw: 0, unknown: 0 };
  private vmas = 0;
  private mapped = 0n;
  private pages = 0;
  private descriptors = 0;
  private openFiles = 0;
  private end: number;
  private complete = false;

  constructor(
    private readonly image: ImageStart,
    private readonly lens: FactLens,
    private readonly evidence: SeriesEvidence,
  ) {
    this.end = image.offset;
  }

  /** Takes the next item of the image. */
  add(item: Item): void {
    if (item.kind === "gap") return;
    this.end = item.offset + item.length;
    this.items[item.kind]++;
    this.evidence.see(item);
    this.lens.add(item, this.take);
  }

  /** To be asked once, when all items have come. */
  summary(): Summary {
    this.lens.end(this.take);
    const { image, head, tasks, taskCount, vmas, mapped, pages, descriptors, openFiles, items, complete } =
      this;
    return {
      image,
      length: this.end - image.offset,
      series: this.evidence.guess(),
      head,
      tasks,
      taskCount,
      vmas,
      mapped,
      pages,
      pageSize: image.abi.page,
      descriptors,
      openFiles,
      items: { ...items },
      complete,
    };
  }

  private readonly take = (fact: Fact): void => {
    const { task } = this;
    switch (fact.kind) {
      case "image": {
        const { kind: _, item: __, ...head } = fact;
        this.head = head;
        break;
      }
      case "task":
        this.takeTask(fact);
        break;
      case "area":
        this.vmas++;
        if (task !== undefined) task.vmas++;
        if (fact.end > fact.start) this.mapped += fact.end - fact.start;
        break;
      case "contents":
        this.pages += fact.count;
        if (task !== undefined) task.pages += fact.count;
        break;
      case "descriptor":
        this.descriptors++;
        if (task !== undefined) task.descriptors++;
        break;
      case "file":
        this.openFiles++;
        break;
      case "end":
        this.complete = true;
        break;
    }
  };

  private takeTask({ index, pid, ppid, comm }: TaskFact): void {
    if (this.task?.index !== index) {
      this.task = { index, pid, ppid, comm, vmas: 0, pages: 0, descriptors: 0 };
      this.taskCount++;
      if (index < TASKS_DESCRIBED) this.tasks.push(this.task);
    } else Object.assign(this.task, { pid, ppid, comm });
  }
}
