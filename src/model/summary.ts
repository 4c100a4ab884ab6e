import { splitAtNul } from "../codec/text.js";
import type { CrRecord } from "../formats/cr/item.js";
import type { RecordFields } from "../formats/cr/records.js";
import { SeriesEvidence, type SeriesGuess } from "../formats/cr/series.js";
import { elements, type ImageStart, type Item, type RawItem } from "../stream/item.js";

/** Tasks a summary describes one by one; more are only counted. */
export const SUMMARY_TASKS = 4096;

/** An image in a few numbers. */
export interface Summary {
  readonly image: ImageStart;
  /** Bytes, from head to tail. */
  readonly length: number;
  readonly series: SeriesGuess;
  /** Fields of the head, as far as it could be read. */
  readonly head: Partial<RecordFields["HEAD"]>;
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
  /** True if the image was read up to its TAIL. */
  readonly complete: boolean;
}

export interface TaskSummary {
  /** As in the path: `task[index]`. */
  readonly index: number;
  /** pid seen from the root task's namespace; undefined if nothing in the image says it. */
  readonly pid: number | undefined;
  /** The parent's; only images of rev 3 say it. */
  readonly ppid: number | undefined;
  readonly comm: string;
  readonly vmas: number;
  /** Dumped pages. */
  readonly pages: number;
  readonly descriptors: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Adds up the items of one image. */
export class Summarizer {
  private readonly evidence: SeriesEvidence;
  private readonly tasks: Mutable<TaskSummary>[] = [];
  private task: Mutable<TaskSummary> | undefined;
  private taskCount = 0;
  private ids: { vpid: number; vppid: number }[] = [];
  private head: Partial<RecordFields["HEAD"]> = {};
  private readonly items = { record: 0, raw: 0, unknown: 0 };
  private vmas = 0;
  private mapped = 0n;
  private pages = 0;
  private descriptors = 0;
  private openFiles = 0;
  private end: number;
  private complete = false;

  constructor(private readonly image: ImageStart) {
    this.evidence = new SeriesEvidence(image.dialect);
    this.end = image.offset;
  }

  add(item: Item): void {
    if (item.kind === "gap") return;
    this.end = item.offset + item.length;
    this.items[item.kind]++;
    if (item.kind === "raw") this.addRaw(item);
    else if (item.kind === "record") {
      this.evidence.see(item);
      this.addRecord(item as CrRecord);
    }
  }

  summary(): Summary {
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

  private addRecord(item: CrRecord): void {
    const { task } = this;
    switch (item.name) {
      case "HEAD":
        this.head = item.fields;
        break;
      case "TASK":
        this.startTask();
        break;
      case "STRING":
        if (task?.comm === "") task.comm = splitAtNul(item.fields.str).text;
        break;
      case "MM":
        if (task !== undefined) task.pid = item.header.parent;
        break;
      case "VMA":
        this.vmas++;
        if (task !== undefined) task.vmas++;
        if (item.fields.vm_end > item.fields.vm_start)
          this.mapped += item.fields.vm_end - item.fields.vm_start;
        break;
      case "FD_ENT":
        this.descriptors++;
        if (task !== undefined) task.descriptors++;
        break;
      case "FD_DATA":
        this.openFiles++;
        break;
      case "TAIL":
        this.complete = true;
        break;
    }
  }

  private addRaw(item: RawItem): void {
    if (item.name === "pages") {
      this.pages += item.count;
      if (this.task !== undefined) this.task.pages += item.count;
    } else if (item.name === "pids" && item.first === 0) {
      this.ids = elements<{ vpid: number; vppid: number }>(item).slice(0, SUMMARY_TASKS);
    }
  }

  private startTask(): void {
    const index = this.taskCount++;
    const ids = this.ids[index];
    this.task = { index, pid: ids?.vpid, ppid: ids?.vppid, comm: "", vmas: 0, pages: 0, descriptors: 0 };
    if (index < SUMMARY_TASKS) this.tasks.push(this.task);
  }
}
