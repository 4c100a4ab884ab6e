import { enumText, flagsText, symbolicText } from "../codec/describe.js";
import { escapeText } from "../codec/escape.js";
import { splitAtNul } from "../codec/text.js";
import type { Finding } from "../finding.js";
import type { CrItem, CrRecord as RecordItem, RecordOf } from "../formats/cr/item.js";
import { FdType, OpenFlags, VmFlags } from "../formats/cr/names.js";
import type { RecordFields } from "../formats/cr/records.js";
import { elements, type Header, type Item, type RawItem } from "../stream/item.js";
import { registerLines } from "./cpu-view.js";
import { fpuLines } from "./fpu-view.js";
import { fieldsText, leftovers } from "./record-text.js";
import { descriptorLines } from "./segment-view.js";
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

interface Area {
  readonly item: RecordOf<"VMA">;
  readonly level: number;
  name: string;
  pages: number;
  /** Ranges of addresses, last one open: [first, last page]. */
  ranges: [number, number][];
  more: number;
  readonly notices: [Finding, boolean][];
}

interface Descriptor {
  readonly item: RecordOf<"FD_ENT">;
  data: RecordOf<"FD_DATA"> | undefined;
  name: string | undefined;
  readonly notices: [Finding, boolean][];
}

/**
 * Renders items as a tree, a line at a time: areas as in /proc/PID/maps, descriptors as lsof shows them, registers as
 * gdb does. Holds back no more than one area, one descriptor, or the head of one task.
 */
export class TreeView {
  private readonly depth: number;
  private readonly showPages: boolean;
  private taskHead: RecordOf<"TASK"> | undefined;
  private comm = "";
  private area: Area | undefined;
  private fd: Descriptor | undefined;
  private readonly files = new Map<number, { fd: number; name: string }>();
  private stack: { start: bigint; brk: [bigint, bigint] } = { start: 0n, brk: [0n, 0n] };

  constructor(
    private readonly print: (line: string) => void,
    private readonly style: Style,
    options: TreeOptions = {},
  ) {
    this.depth = options.depth ?? 4;
    this.showPages = options.pages ?? true;
  }

  add(given: Item): void {
    const item = given as CrItem;
    switch (item.kind) {
      case "record":
        this.addRecord(item);
        break;
      case "raw":
        this.addRaw(item);
        break;
      case "unknown":
        this.flush();
        this.line(
          item.offset,
          1,
          this.style.error("unknown"),
          `${item.length} bytes`,
          unknownText(item.header),
        );
        break;
      case "gap":
        this.flush();
        this.line(item.offset, 0, this.style.dim("gap"), `${item.length} bytes outside of any image`);
        break;
    }
  }

  /** What the walk has to say, under the line it belongs to. */
  finding(finding: Finding, isDamage: boolean): void {
    const held = this.area?.notices ?? this.fd?.notices;
    if (held !== undefined) held.push([finding, isDamage]);
    else {
      this.flushTask(undefined);
      this.printFinding(finding, isDamage);
    }
  }

  /** Prints what is still held back. */
  flush(): void {
    this.flushTask(undefined);
    this.flushArea();
    this.flushFd();
  }

  private addRecord(item: RecordItem): void {
    const { style } = this;
    if (item.name === "TASK" || item.name === "STRING") {
      this.flushArea();
      this.flushFd();
      if (item.name === "TASK") {
        this.flushTask(undefined);
        this.taskHead = item;
        this.comm = "";
      } else if (this.taskHead !== undefined) this.comm = item.fields.str;
      else this.line(item.offset, 2, style.name("string"), `"${escapeText(item.fields.str)}"`);
      return;
    }
    this.flushTask(item);
    if (item.name !== "FNAME" && item.name !== "PGARR") this.flushArea();
    if (item.name !== "FNAME" && item.name !== "FD_DATA") this.flushFd();

    switch (item.name) {
      case "HEAD":
        // The summary says what it holds.
        this.line(item.offset, 1, style.name("head"), fieldsText(item, ["rev", "flags"], style));
        break;
      case "HEAD_ARCH":
        this.line(
          item.offset,
          1,
          style.name("head_arch"),
          fieldsText(item, ["has_fxsr", "has_xsave", "xstate_size"], style),
          ...leftovers(item, style),
        );
        break;
      case "TREE":
        this.line(
          item.offset,
          1,
          style.name("tree"),
          fieldsText(item, ["tasks_nr"], style),
          ...leftovers(item, style),
        );
        break;
      case "MM":
        this.addMm(item);
        break;
      case "VMA":
        this.area = { item, level: 3, name: "", pages: 0, ranges: [], more: 0, notices: [] };
        break;
      case "FNAME":
        this.addFname(item);
        break;
      case "PGARR":
        if (this.area === undefined)
          this.line(item.offset, 3, style.name("pgarr"), fieldsText(item, ["nr_pages"], style));
        break;
      case "MM_CONTEXT":
        this.line(
          item.offset,
          3,
          style.name("mm_context"),
          fieldsText(item, ["ldt_entry_size", "nldt"], style),
          ...leftovers(item, style),
        );
        break;
      case "FILES":
        this.line(item.offset, 2, style.name("files"), fieldsText(item, ["nfds"], style));
        break;
      case "FD_ENT":
        this.fd = { item, data: undefined, name: undefined, notices: [] };
        break;
      case "FD_DATA":
        if (this.fd !== undefined) this.fd.data = item;
        else
          this.line(item.offset, 3, style.name("fd_data"), fieldsText(item, Object.keys(item.fields), style));
        break;
      case "THREAD":
        this.line(
          item.offset,
          2,
          style.name("thread"),
          fieldsText(item, ["gdt_entry_tls_entries", "ntls"], style),
          ...leftovers(item, style),
        );
        break;
      case "CPU":
        this.addCpu(item);
        break;
      case "TAIL":
        this.line(item.offset, 1, style.name("tail"));
        break;
      case "BUFFER":
        this.line(item.offset, 1, style.name("buffer"), `${item.fields.buffer.length} bytes`);
        break;
    }
  }

  private addMm(item: RecordOf<"MM">): void {
    const { style } = this;
    const { fields } = item;
    this.stack = { start: fields.start_stack ?? 0n, brk: [fields.start_brk ?? 0n, fields.brk ?? 0n] };
    this.line(
      item.offset,
      2,
      style.name("mm"),
      fieldsText(item, ["map_count"], style),
      objrefText(fields.objref),
    );
    const pairs = [
      ["code", "start_code", "end_code"],
      ["data", "start_data", "end_data"],
      ["brk", "start_brk", "brk"],
      ["arg", "arg_start", "arg_end"],
      ["env", "env_start", "env_end"],
    ] as const;
    const ranges = pairs.flatMap(([label, from, to]) =>
      fields[from] === undefined || fields[to] === undefined
        ? []
        : [`${style.name(label)} ${address(fields[from])}-${address(fields[to])}`],
    );
    if (fields.start_stack !== undefined)
      ranges.push(`${style.name("start_stack")} ${address(fields.start_stack)}`);
    this.line(undefined, 3, ranges.slice(0, 3).join("  "));
    this.line(undefined, 3, ranges.slice(3).join("  "));
  }

  private addFname(item: RecordOf<"FNAME">): void {
    const name = pathText(item.fields.fname);
    if (this.area !== undefined && this.area.pages === 0) this.area.name = name;
    else if (this.fd?.data !== undefined) this.fd.name = name;
    else this.line(item.offset, 3, this.style.name("fname"), name);
  }

  private addCpu(item: RecordOf<"CPU">): void {
    const { style } = this;
    this.line(
      item.offset,
      2,
      style.name("cpu"),
      fieldsText(
        item,
        ["uses_debug", "used_math", "has_fxsr"].filter(name => name !== "has_fxsr" || item.fields.used_math),
        style,
      ),
    );
    for (const line of registerLines(item, style)) this.line(undefined, 3, line);
    const { xstate, used_math } = item.fields;
    if (xstate !== undefined && used_math) {
      for (const line of fpuLines(xstate, item.image.abi.order, style)) this.line(undefined, 3, line);
    }
    for (const line of leftovers(item, style)) this.line(undefined, 3, line);
  }

  private addRaw(item: RawItem): void {
    switch (item.name) {
      case "addresses":
        this.addAddresses(item);
        break;
      case "pages":
        if (this.area !== undefined) this.area.pages += item.count;
        break;
      case "pids":
        for (const ids of elements<{ vpid: number; vtgid: number; vppid: number; _pad: number }>(item)) {
          const padding = ids._pad === 0 ? "" : this.style.dim(`_pad 0x${ids._pad.toString(16)} (padding)`);
          this.line(undefined, 2, `vpid ${ids.vpid}  vtgid ${ids.vtgid}  vppid ${ids.vppid}`, padding);
        }
        break;
      case "tls":
      case "ldt":
        for (const line of descriptorLines(item, this.style))
          this.line(undefined, item.name === "tls" ? 3 : 4, line);
        break;
      case "xstate":
        this.line(item.offset, 2, this.style.name("xstate"), `${item.length} bytes`);
        for (const line of fpuLines(item.bytes, item.image.abi.order, this.style))
          this.line(undefined, 3, line);
        break;
    }
  }

  private addAddresses(item: RawItem): void {
    const { area } = this;
    if (area === undefined || !this.showPages || this.depth < 4) return;
    const { page: pageSize } = item.image.abi;
    for (const { address } of elements<{ address: number }>(item)) {
      const last = area.ranges.at(-1);
      if (last !== undefined && last[1] + pageSize === address) last[1] = address;
      else if (area.ranges.length < RANGES_MOST) area.ranges.push([address, address]);
      else area.more++;
    }
  }

  private flushTask(next: RecordItem | undefined): void {
    const { taskHead: item, style } = this;
    if (item === undefined) return;
    this.taskHead = undefined;
    const { text, rest } = splitAtNul(this.comm);
    const pid = next?.name === "MM" ? `pid ${next.header.parent}` : "";
    const state = item.fields.state === undefined ? "" : `state ${stateText(item)}`;
    const label = `${style.name(item.path.slice(item.path.lastIndexOf(".") + 1))} ${escapeText(text)}`;
    const leftover = rest === "" ? "" : style.dim(`(comm: "${escapeText(rest)}" left over behind its NUL)`);
    this.line(
      item.offset,
      1,
      label,
      pid,
      state,
      fieldsText(
        item,
        ["exit_state", "exit_code", "exit_signal"].filter(
          name => name === "exit_signal" || (item.fields as Record<string, unknown>)[name] !== 0,
        ),
        style,
      ),
      leftover,
      ...leftovers(item, style),
    );
  }

  private flushArea(): void {
    const { area, style } = this;
    if (area === undefined) return;
    this.area = undefined;
    const { item, pages } = area;
    const {
      vm_start = 0n,
      vm_end = 0n,
      vm_flags = 0n,
      vm_pgoff = 0n,
    } = item.fields as Partial<RecordFields["VMA"]>;
    const { page: pageSize } = item.image.abi;
    const size = vm_end > vm_start ? (vm_end - vm_start) / BigInt(pageSize) : 0n;
    const range = `${plainAddress(vm_start)}-${plainAddress(vm_end)}`;
    const offset = (vm_pgoff * BigInt(pageSize)).toString(16).padStart(8, "0");
    const name = (area.name || this.guessName(vm_start, vm_end, vm_flags)).padEnd(20);
    this.line(
      item.offset,
      3,
      `${style.name(range)} ${permissions(vm_flags)} ${offset} ${name} ${pages}/${size} pages`,
    );
    if (this.depth >= 4) {
      const flags = `vm_flags 0x${vm_flags.toString(16).padStart(8, "0")} ${style.symbol(flagsText(VmFlags, vm_flags))}`;
      this.line(undefined, 4, flags);
      this.line(
        undefined,
        4,
        fieldsText(item, ["vma_type", "vm_page_prot"], style),
        ...leftovers(item, style),
      );
      if (this.showPages) this.pageLines(area, pageSize);
    }
    for (const said of area.notices) this.printFinding(...said);
  }

  private pageLines({ ranges, more }: Area, pageSize: number): void {
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

  private guessName(start: bigint, end: bigint, flags: bigint): string {
    const { start: stack, brk } = this.stack;
    if (stack >= start && stack < end) return "[stack]";
    if (brk[1] > brk[0] && start < brk[1] && end > brk[0]) return "[heap]";
    return (flags & BigInt(VmFlags.bits["ALWAYSDUMP"] as number)) !== 0n ? "[vdso]" : "";
  }

  private flushFd(): void {
    const { fd: held, style } = this;
    if (held === undefined) return;
    this.fd = undefined;
    const { item, data } = held;
    const { fd, objref, close_on_exec } = item.fields as Partial<RecordFields["FD_ENT"]>;
    const label = `${style.name(`fd ${orUnknown(fd).padEnd(4)}`)}`;
    const cloexec = close_on_exec ? "cloexec" : "";
    const stale = leftovers(item, style);
    if (data === undefined) {
      const twin = this.files.get(objref ?? 0);
      const same = twin === undefined ? "" : `same open file as fd ${twin.fd}: ${twin.name}`;
      this.line(item.offset, 3, label, `objref ${orUnknown(objref)}`, same, cloexec, ...stale);
    } else {
      const { fd_type, f_flags, f_pos, f_version, f_mode } = data.fields as Partial<RecordFields["FD_DATA"]>;
      const type = fd_type === undefined ? "" : (enumText(FdType, fd_type) || String(fd_type)).toLowerCase();
      const flags = f_flags === undefined ? "" : openText(f_flags);
      this.line(
        item.offset,
        3,
        label,
        type.padEnd(4),
        flags.padEnd(16),
        `pos ${orUnknown(f_pos).padEnd(10)}`,
        held.name ?? "",
        cloexec,
        ...stale,
      );
      const mode = f_mode === undefined ? "" : fieldsText(data, ["f_mode"], style);
      const flagBits = f_flags === undefined ? "" : fieldsText(data, ["f_flags"], style);
      this.line(
        undefined,
        4,
        `objref ${orUnknown(objref)}`,
        mode,
        flagBits,
        f_version ? `f_version ${f_version}` : "",
      );
      if (objref !== undefined && fd !== undefined && this.files.size < FILES_MOST) {
        this.files.set(objref, { fd, name: held.name ?? "" });
      }
    }
    for (const said of held.notices) this.printFinding(...said);
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

/** A path of the image as shown: escaped, and what stands behind its NUL set apart. */
function pathText(fname: string): string {
  const { text, rest } = splitAtNul(fname);
  const unended = fname.includes("\0") ? "" : " (no NUL at its end)";
  return escapeText(text) + (rest === "" ? unended : ` (behind the NUL: "${escapeText(rest)}")`);
}

function stateText(item: RecordOf<"TASK">): string {
  const member = item.table.layout.find(({ name }) => name === "state")!;
  const names = symbolicText(member.field, item.fields.state);
  return `${item.fields.state} ${names === "" ? "RUNNING" : names}`;
}

function openText(flags: number): string {
  return `O_${flagsText(OpenFlags, BigInt(flags)).split("|").join("|O_")}`;
}

function permissions(flags: bigint): string {
  const bit = (name: string) => (flags & BigInt(VmFlags.bits[name] as number)) !== 0n;
  const shared = bit("MAYSHARE") || bit("SHARED");
  return `${bit("READ") ? "r" : "-"}${bit("WRITE") ? "w" : "-"}${bit("EXEC") ? "x" : "-"}${shared ? "s" : "p"}`;
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

function objrefText(objref: number | undefined): string {
  return objref ? `objref ${objref}` : "";
}

function unknownText(header: Header | undefined): string {
  if (header === undefined) return "";
  const others = Object.entries(header).filter(([name]) => name !== "type");
  return [`record of type ${header.type}`, ...others.map(([name, value]) => `${name} ${value}`)].join(", ");
}
