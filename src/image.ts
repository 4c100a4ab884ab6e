import type { PlanStep } from "./convert/output-plan.js";
import type { ConversionReport } from "./convert/report.js";
import type { DumpOptions, DumpReport } from "./dump/dump.js";
import { CrimgError } from "./errors.js";
import type { Finding } from "./finding.js";
import { evidenceOf, type Format, formatOf } from "./formats/format.js";
import type { ConvertOptions } from "./formats/registry.js";
import type { Fact, FactLens } from "./model/fact.js";
import type { ReadOptions } from "./model/memory.js";
import { type Area, type Descriptor, Process, type ProcessTask } from "./model/process.js";
import { Summarizer, type Summary } from "./model/summary.js";
import { drive } from "./source/drive.js";
import type { Sink } from "./source/sink.js";
import type { Source } from "./source/source.js";
import type { Item } from "./stream/item.js";
import { type OpenedImage, walk } from "./stream/items.js";
import type { WalkOptions } from "./stream/walk.js";
import type { VerifyOptions, VerifyReport } from "./verify/verify.js";

/** What verification came to, and all that it found. */
export interface Verification extends VerifyReport {
  readonly findings: readonly Finding[];
}

/** An image that is open: go through its items or its facts, ask for its tasks and read their memory. */
export class Image implements OpenedImage {
  private process: Promise<Process> | undefined;
  private used = false;

  constructor(
    /** Where the bytes come from. */
    readonly source: Source,
    /** Which image of the input it is, and how it is read. */
    readonly options: WalkOptions,
    private readonly formats: readonly Format[],
  ) {}

  /**
   * The items in file order, from the start each time; of a stream only once. Items keep the bytes they show alive:
   * keep their fields, not the items, if you collect millions.
   */
  items(options: WalkOptions = {}): AsyncIterable<Item> {
    this.claim();
    return walk(this.source, this.formats, { ...this.options, ...options });
  }

  /** What the image says of its processes, in words that belong to no format, in the order of the image. */
  async *facts(): AsyncGenerator<Fact, void, void> {
    let lens: FactLens | undefined;
    const told: Fact[] = [];
    const tell = (fact: Fact) => {
      told.push(fact);
    };
    for await (const item of this.firstImage()) {
      lens ??= formatOf(item.image).facts(item.image);
      lens.add(item, tell);
      yield* told.splice(0);
    }
    lens?.end(tell);
    yield* told;
  }

  /** The image in a few numbers. Reads it from head to tail, page contents apart. */
  async summary(): Promise<Summary> {
    let summarizer: Summarizer | undefined;
    for await (const item of this.firstImage()) {
      const { image } = item;
      summarizer ??= new Summarizer(image, formatOf(image).facts(image), evidenceOf(image));
      summarizer.add(item);
    }
    return summarizer!.summary();
  }

  /**
   * The tasks in the order of the image. What they hold takes memory for each area and descriptor, not for pages; those
   * are read when they are asked for.
   */
  async tasks(): Promise<readonly Task[]> {
    const { tasks } = await this.processOnce();
    return tasks.map(task => new Task(this.source, task));
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
    const { tasks } = await this.processOnce();
    const found = tasks[task];
    if (found === undefined)
      throw new CrimgError("usage", `no task[${task}]: the image has ${tasks.length}, counted from 0`);
    return new Task(this.source, found).read(address, length, options);
  }

  /**
   * What is wrong with it, and what a restart would answer: that of every image in the input, if none was chosen, and the
   * verdict of the first. All findings are kept in memory: a damaged image can have millions, see `findings`. Throws
   * `usage` for a stream, which cannot be read twice, and for a series that there is not.
   */
  async verify(options?: VerifyOptions): Promise<Verification> {
    const findings: Finding[] = [];
    const verification = this.findings(options);
    for (;;) {
      const { done, value } = await verification.next();
      if (done) return { ...value, findings };
      findings.push(value);
    }
  }

  /** The same as it goes: yields each finding, and returns what verification came to. */
  async *findings(options?: VerifyOptions): AsyncGenerator<Finding, VerifyReport, void> {
    // Engines are loaded when they are asked for: who reads items needs none of them.
    const [{ loadVerifyFacets }, { verify }] = await Promise.all([
      import("./verify/facets.js"),
      import("./verify/verify.js"),
    ]);
    const facets = await loadVerifyFacets(this.formats);
    return yield* verify(this.source, this.formats, facets, { ...this.options, ...options });
  }

  /**
   * Writes what becomes of it in another dialect, or for another kernel, and returns the report. Throws `usage` for a
   * stream, and `refused` for what the target cannot say.
   */
  async convert(options: ConvertOptions, sink: Sink): Promise<ConversionReport> {
    const { convert, facets } = await this.converter();
    return convert(this, this.formats, facets, options, sink);
  }

  /** What `convert` would write, step by step: bytes, or a stretch of the input to copy, whose contents are not read. */
  async *plan(options: ConvertOptions): AsyncGenerator<PlanStep, ConversionReport, void> {
    const { plan, facets } = await this.converter();
    return yield* plan(this, this.formats, facets, options);
  }

  private async converter() {
    const [engine, { loadConvertFacets }] = await Promise.all([
      import("./convert/convert.js"),
      import("./convert/facets.js"),
    ]);
    return { ...engine, facets: await loadConvertFacets(this.formats) };
  }

  /**
   * What `crimg dump` prints, in pieces; the next one is not made before `write` is done. Returns what was wrong with the
   * image, and throws `usage` if a stream was read before.
   */
  async dump(write: (text: string) => void | Promise<void>, options?: DumpOptions): Promise<DumpReport> {
    this.claim();
    const { dumping } = await import("./dump/dump.js");
    let text = "";
    const gather = (piece: string) => {
      text += piece;
    };
    const work = drive(
      this.source,
      dumping(this.source, this.formats, gather, { ...this.options, ...options }),
    );
    for (;;) {
      try {
        const { done, value } = await work.next();
        if (done) return value;
      } finally {
        // What came before an error is not lost.
        if (text !== "") await write(text);
        text = "";
      }
    }
  }

  /** Lets go of the file or stream. */
  async close(): Promise<void> {
    await this.source.close?.();
  }

  /** The items of the image that is meant, or of the first one. */
  private async *firstImage(): AsyncGenerator<Exclude<Item, { kind: "gap" }>, void, void> {
    for await (const item of this.items({ image: this.options.image ?? 0 }))
      if (item.kind !== "gap") yield item;
  }

  private processOnce(): Promise<Process> {
    this.process ??= this.readProcess();
    return this.process;
  }

  private async readProcess(): Promise<Process> {
    let process: Process | undefined;
    for await (const fact of this.facts()) {
      process ??= new Process("image" in fact.item ? fact.item.image.abi.word : 8);
      process.take(fact);
    }
    return process ?? new Process(8);
  }

  private claim(): void {
    if (this.used && !this.source.seekable) throw new CrimgError("usage", "a stream can be read only once");
    this.used = true;
  }
}

/** A task of an image. */
export class Task {
  /** As in the path: `task[index]`. */
  readonly index: number;
  /** As seen from the root task's pid namespace; undefined if nothing in the image says it. */
  readonly pid: number | undefined;
  readonly ppid: number | undefined;
  readonly comm: string;
  /** Its registers, FPU and memory layout: undefined if the image has none of it. */
  readonly registers: ProcessTask["registers"];
  readonly fpu: ProcessTask["fpu"];
  readonly layout: ProcessTask["layout"];

  constructor(
    private readonly source: Source,
    private readonly task: ProcessTask,
  ) {
    const { index, pid, ppid, comm, registers, fpu, layout } = task;
    this.index = index;
    this.pid = pid;
    this.ppid = ppid;
    this.comm = comm;
    this.registers = registers;
    this.fpu = fpu;
    this.layout = layout;
  }

  /** Its VMAs, in the order of the image. */
  areas(): readonly Area[] {
    return this.task.areas;
  }

  /** Its descriptors, in the order of the image. */
  descriptors(): readonly Descriptor[] {
    return this.task.descriptors;
  }

  /** `length` bytes at a virtual address; see `Image.read`. */
  async read(address: number | bigint, length: number, options?: ReadOptions): Promise<Uint8Array> {
    if (!this.source.seekable)
      throw new CrimgError("usage", "memory can only be read of an input that can be read twice");
    const start = Number(address);
    if (!Number.isSafeInteger(start) || start < 0)
      throw new CrimgError("usage", `${address} is no virtual address`);
    if (!Number.isSafeInteger(length) || length < 0)
      throw new CrimgError("usage", `${length} is no number of bytes`);
    return this.task.memory.read(this.source, start, length, options);
  }
}
