import { escapeText } from "../codec/escape.js";
import type { Finding } from "../finding.js";
import { formatOf } from "../formats/format.js";
import type {
  AreaFact,
  DescriptorFact,
  Fact,
  FactLens,
  FileFact,
  MemoryFact,
  PagesFact,
  TaskFact,
} from "../model/fact.js";
import type { Header, ImageStart, Item, RecordItem } from "../stream/item.js";
import { fpuLines } from "./fpu-view.js";
import { elementLines } from "./raw-text.js";
import { briefLines, leftovers } from "./record-text.js";
import { registerLines } from "./register-view.js";
import { segmentLines } from "./segment-view.js";
import type { Style } from "./style.js";

/** How much of the tree to show. */
export interface TreeOptions {
  /** Levels below an image: 1 tasks, 2 their parts, 3 areas and descriptors and registers, 4 everything. Default 4. */
  readonly depth?: number;
  /** Show which pages of an area were dumped. Default true. */
  readonly pages?: boolean;
}

/** Page ranges kept for one area before the rest is only counted. */
const RANGES_MOST = 512;
/** Open files remembered, so that a second descriptor can be shown with its file's path. */
const FILES_MOST = 10_000;

type Said = readonly [finding: Finding, isDamage: boolean];

/** An area whose pages are still coming. */
interface OpenArea {
  readonly fact: AreaFact;
  pages: number;
  /** Ranges of addresses, last one open: [first, last page]. */
  readonly ranges: [number, number][];
  more: number;
  readonly said: Said[];
}

/**
 * Renders an image as a tree, a line at a time: areas as in /proc/PID/maps, descriptors as lsof shows them, registers as
 * gdb does, and everything that the model has no words for by its fields. Holds back no more than one area, one
 * descriptor, or the head of one task.
 */
export class TreeView {
  private readonly depth: number;
  private readonly showPages: boolean;
  private image: ImageStart | undefined;
  private lens: FactLens | undefined;
  private area: OpenArea | undefined;
  /** Open files with the first descriptor of each. */
  private readonly files = new Map<number, { fd: number | undefined; path: string }>();
  private file: FileFact | undefined;
  /** Tasks shown so far. */
  private tasks = 0;
  /** What is to be said below the line that the lens still holds. */
  private said: Said[] = [];
  /** The record whose leftovers come below what is shown of it. */
  private unfinished: RecordItem | undefined;

  constructor(
    private readonly print: (line: string) => void,
    private readonly style: Style,
    options: TreeOptions = {},
  ) {
    this.depth = options.depth ?? 4;
    this.showPages = options.pages ?? true;
  }

  add(item: Item): void {
    if (item.kind === "gap") {
      this.flush();
      this.line(item.offset, 0, this.style.dim("gap"), `${item.length} bytes outside of any image`);
      return;
    }
    if (item.image !== this.image) this.startImage(item.image);
    this.lens!.add(item, this.show);
  }

  /** What the walk has to say, under the line it belongs to. */
  finding(finding: Finding, isDamage: boolean): void {
    if (this.lens?.holds) this.said.push([finding, isDamage]);
    else if (this.area !== undefined) this.area.said.push([finding, isDamage]);
    else {
      this.finishRecord();
      this.printFinding(finding, isDamage);
    }
  }

  /** Prints what is still held back. */
  flush(): void {
    this.lens?.end(this.show);
    this.lens = undefined;
    this.image = undefined;
    this.flushArea();
    this.finishRecord();
  }

  private startImage(image: ImageStart): void {
    this.flush();
    this.image = image;
    this.lens = formatOf(image).facts(image);
    this.tasks = 0;
    this.files.clear();
  }

  private readonly show = (fact: Fact): void => {
    if (fact.kind === "pages") {
      this.addRuns(fact);
      return;
    }
    if (fact.kind === "contents") {
      if (this.area !== undefined) this.area.pages += fact.count;
      return;
    }
    this.flushArea();
    if (this.unfinished !== fact.item) this.finishRecord();
    this.showFact(fact);
    if (fact.kind !== "file") for (const said of this.said.splice(0)) this.printFinding(...said);
  };

  private showFact(fact: Exclude<Fact, { kind: "pages" | "contents" }>): void {
    const { style } = this;
    switch (fact.kind) {
      case "image":
      case "end":
        this.record(fact.item);
        break;
      case "task":
        // Told again when more is known; shown once.
        if (fact.index >= this.tasks) this.showTask(fact);
        break;
      case "memory":
        this.record(fact.item);
        this.showMemory(fact);
        break;
      case "area":
        this.area = { fact, pages: 0, ranges: [], more: 0, said: this.said.splice(0) };
        break;
      case "file":
        this.file = fact;
        break;
      case "descriptor":
        this.showDescriptor(fact);
        break;
      case "registers":
        this.openRecord(fact.item);
        for (const line of registerLines(fact, style)) this.line(undefined, 3, line);
        break;
      case "fpu": {
        if (fact.item.kind === "raw")
          this.line(fact.item.offset, 2, style.name(fact.item.name), `${fact.item.length} bytes`);
        for (const line of fpuLines(fact, this.image!.abi.order, style)) this.line(undefined, 3, line);
        break;
      }
      case "segments":
        for (const line of segmentLines(fact, style))
          this.line(undefined, fact.table === "tls" ? 3 : 4, line);
        break;
      case "rest":
        this.showRest(fact.item);
        break;
    }
  }

  private showRest(item: Item): void {
    const { style } = this;
    switch (item.kind) {
      case "record":
        this.record(item);
        break;
      case "raw": {
        const level = levelOf(item);
        if (item.block.element === undefined)
          this.line(item.offset, level, style.name(item.name), `${item.length} bytes`);
        else for (const line of elementLines(item, style)) this.line(undefined, level, line);
        break;
      }
      case "unknown":
        this.line(item.offset, 1, style.error("unknown"), `${item.length} bytes`, unknownText(item.header));
        break;
      case "gap":
        break;
    }
  }

  /** A record by its fields, and what was left over in it. */
  private record(item: RecordItem, rest = leftovers(item, this.style)): void {
    const { style } = this;
    const level = Math.min(levelOf(item), 3);
    this.line(item.offset, level, style.name(item.name.toLowerCase()), ...briefLines(item, style), ...rest);
  }

  /** The same of a record that more is shown of: its leftovers come last. */
  private openRecord(item: RecordItem): void {
    this.record(item, []);
    this.unfinished = item;
  }

  private finishRecord(): void {
    const item = this.unfinished;
    if (item === undefined) return;
    this.unfinished = undefined;
    for (const line of leftovers(item, this.style)) this.line(undefined, 3, line);
  }

  private showTask(fact: TaskFact): void {
    const { style } = this;
    const { item, index, pid, comm, leftover, state } = fact;
    this.tasks = index + 1;
    const label = `${style.name(lastOf(item.path))} ${escapeText(comm)}`;
    const left =
      leftover === "" ? "" : style.dim(`(comm: "${escapeText(leftover)}" left over behind its NUL)`);
    this.line(
      item.offset,
      1,
      label,
      pid === undefined ? "" : `pid ${pid}`,
      state === undefined ? "" : `state ${state.value} ${state.name}`,
      ...briefLines(item, style),
      left,
      ...leftovers(item, style),
    );
  }

  private showMemory({ code, data, brk, args, env, stack }: MemoryFact): void {
    const { style } = this;
    const ranges = Object.entries({ code, data, brk, arg: args, env }).flatMap(([label, range]) =>
      range === undefined ? [] : [`${style.name(label)} ${address(range[0])}-${address(range[1])}`],
    );
    if (stack !== undefined) ranges.push(`${style.name("start_stack")} ${address(stack)}`);
    this.line(undefined, 3, ranges.slice(0, 3).join("  "));
    this.line(undefined, 3, ranges.slice(3).join("  "));
  }

  private addRuns(fact: PagesFact): void {
    const { area } = this;
    if (area === undefined || !this.showPages || this.depth < 4) return;
    const { runs, size } = fact;
    for (const { address: first, count } of runs) {
      const last = area.ranges.at(-1);
      const end = first + (count - 1) * size;
      if (last !== undefined && last[1] + size === first) last[1] = end;
      else if (area.ranges.length < RANGES_MOST) area.ranges.push([first, end]);
      else area.more += count;
    }
  }

  private flushArea(): void {
    const { area, style } = this;
    if (area === undefined) return;
    this.area = undefined;
    const { fact, pages } = area;
    const { item, start, end, perms, name, nameRemark, flags } = fact;
    const { page } = item.image.abi;
    const size = end > start ? (end - start) / BigInt(page) : 0n;
    const range = `${plainAddress(start)}-${plainAddress(end)}`;
    const offset = fact.offset.toString(16).padStart(8, "0");
    const label = `${pathText(name, nameRemark)}`.padEnd(20);
    this.line(item.offset, 3, `${style.name(range)} ${perms} ${offset} ${label} ${pages}/${size} pages`);
    if (this.depth >= 4) {
      if (flags !== undefined) {
        const bits = `0x${flags.value.toString(16).padStart(8, "0")}`;
        this.line(undefined, 4, `${flags.field} ${bits} ${style.symbol(flags.names)}`);
      }
      this.line(undefined, 4, ...briefLines(item, style), ...leftovers(item, style));
      if (this.showPages) this.pageLines(area, page);
    }
    for (const said of area.said) this.printFinding(...said);
  }

  private pageLines({ ranges, more }: OpenArea, pageSize: number): void {
    const perLine = 4;
    for (let i = 0; i < ranges.length; i += perLine) {
      const parts = ranges.slice(i, i + perLine).map(([from, to]) => {
        const count = (to - from) / pageSize + 1;
        return count === 1
          ? plainAddress(BigInt(from))
          : `${plainAddress(BigInt(from))}-${plainAddress(BigInt(to + pageSize))} (${count})`;
      });
      this.line(undefined, 4, `${i === 0 ? "pages" : "     "} ${parts.join("  ")}`);
    }
    if (more > 0) this.line(undefined, 4, `      and ${more} more, not in the ranges above: see --jsonl`);
  }

  private showDescriptor({ item, fd, file: id, closeOnExec }: DescriptorFact): void {
    const { style, file } = this;
    this.file = undefined;
    const label = style.name(`fd ${orUnknown(fd).padEnd(4)}`);
    const cloexec = closeOnExec ? "cloexec" : "";
    const stale = leftovers(item, style);
    if (file === undefined) {
      const twin = id === undefined ? undefined : this.files.get(id);
      const same = twin === undefined ? "" : `same open file as fd ${orUnknown(twin.fd)}: ${twin.path}`;
      this.line(item.offset, 3, label, `objref ${orUnknown(id)}`, same, cloexec, ...stale);
      return;
    }
    const { type = "", flags, position, path = "", pathRemark } = file;
    const shown = pathText(path, pathRemark);
    const place = `pos ${orUnknown(position).padEnd(10)}`;
    const opened = (flags?.names ?? "").padEnd(16);
    this.line(item.offset, 3, label, type.padEnd(4), opened, place, shown, cloexec, ...stale);
    this.line(undefined, 4, `objref ${orUnknown(id)}`, ...briefLines(file.item, style));
    if (id !== undefined && this.files.size < FILES_MOST) this.files.set(id, { fd, path: shown });
  }

  private printFinding({ message, offset, path }: Finding, isDamage: boolean): void {
    const text = `${isDamage ? "error" : "note"}: ${message} (${path})`;
    this.line(offset, 1, isDamage ? this.style.error(text) : this.style.note(text));
  }

  /** One line at a level; its parts are set apart by two blanks. */
  private line(offset: number | undefined, level: number, ...parts: string[]): void {
    if (level > this.depth) return;
    const column = offset === undefined ? "          " : `0x${offset.toString(16).padStart(8, "0")}`;
    const text = parts.filter(Boolean).join("  ");
    this.print(`${this.style.dim(column)} ${"  ".repeat(Math.max(0, level - 1))}${text}`.trimEnd());
  }
}

/** How deep something stands in the image: what belongs to a part of a task is on the third level, like areas. */
function levelOf({ path, image }: { readonly path: string; readonly image: ImageStart }): number {
  const parts = path.split(".").length - (image.index > 0 ? 1 : 0);
  return Math.min(parts, 4);
}

/** `task[0]` of `image[1].task[0]`. */
function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** A path of the image as shown: escaped, with what is odd about it. */
function pathText(path: string, remark: string | undefined): string {
  return escapeText(path) + (remark === undefined ? "" : ` (${escapeText(remark)})`);
}

function address(value: bigint): string {
  return `0x${plainAddress(value)}`;
}

function plainAddress(value: bigint): string {
  return value.toString(16).padStart(8, "0");
}

/** A value, or that a short record has none. */
function orUnknown(value: unknown): string {
  return value === undefined ? "?" : String(value);
}

function unknownText(header: Header | undefined): string {
  if (header === undefined) return "";
  const others = Object.entries(header).filter(([name]) => name !== "type");
  return [`record of type ${header.type}`, ...others.map(([name, value]) => `${name} ${value}`)].join(", ");
}
