import { CrimgError } from "../errors.js";
import type { Source } from "../source/source.js";
import type { Item } from "../stream/item.js";
import { walk } from "../stream/items.js";
import type { StreamFormat } from "../stream/stream-format.js";
import type { WalkOptions } from "../stream/walk.js";
import { MemoryMap, type ReadOptions } from "./memory.js";
import { Summarizer, type Summary } from "./summary.js";

/** An image that is open: iterate its items, ask for its summary, read the memory of its tasks. */
export class Image {
  private memory: Promise<ReadonlyMap<number, MemoryMap>> | undefined;
  private used = false;

  constructor(
    /** Where the bytes come from. */
    readonly source: Source,
    /** Which image of the input it is, and how it is read. */
    readonly options: WalkOptions,
    private readonly formats: readonly StreamFormat[],
  ) {}

  /**
   * The items in file order, from the start each time; of a stream only once. Items keep the bytes they show alive:
   * keep their fields, not the items, if you collect millions.
   */
  items(options: WalkOptions = {}): AsyncIterable<Item> {
    this.claim();
    return walk(this.source, this.formats, { ...this.options, ...options });
  }

  /** The image in a few numbers. Reads it from head to tail, page contents apart. */
  async summary(): Promise<Summary> {
    let summarizer: Summarizer | undefined;
    for await (const item of this.items({ image: this.options.image ?? 0 })) {
      if (item.kind === "gap") continue;
      summarizer ??= new Summarizer(item.image);
      summarizer.add(item);
    }
    return summarizer!.summary();
  }

  /**
   * `length` bytes of a task's memory at a virtual address. `task` counts from 0 in the order of the image, as in
   * `task[0]`. Throws `not-dumped` where the image has no page (see `ReadOptions.fill`), `usage` for a task that is
   * not there or an input that cannot be read twice.
   */
  async read(
    task: number,
    address: number | bigint,
    length: number,
    options?: ReadOptions,
  ): Promise<Uint8Array> {
    if (!this.source.seekable)
      throw new CrimgError("usage", "memory can only be read of an input that can be read twice");
    const start = Number(address);
    if (!Number.isSafeInteger(start) || start < 0)
      throw new CrimgError("usage", `${address} is no virtual address`);
    if (!Number.isSafeInteger(length) || length < 0)
      throw new CrimgError("usage", `${length} is no number of bytes`);
    this.memory ??= this.mapMemory();
    const tasks = await this.memory;
    const map = tasks.get(task);
    if (map === undefined)
      throw new CrimgError("usage", `no task[${task}]: the image has ${tasks.size}, counted from 0`);
    return map.read(this.source, start, length, options);
  }

  /** Lets go of the file or stream. */
  async close(): Promise<void> {
    await this.source.close?.();
  }

  private async mapMemory(): Promise<ReadonlyMap<number, MemoryMap>> {
    const tasks = new Map<number, MemoryMap>();
    for await (const item of this.items({ image: this.options.image ?? 0 })) {
      if (item.kind === "record" && item.name === "TASK") tasks.set(tasks.size, new MemoryMap());
      tasks.get(tasks.size - 1)?.add(item);
    }
    return tasks;
  }

  private claim(): void {
    if (this.used && !this.source.seekable) throw new CrimgError("usage", "a stream can be read only once");
    this.used = true;
  }
}
