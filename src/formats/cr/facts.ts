import { enumText, flagsText } from "../../codec/describe.js";
import { splitAtNul } from "../../codec/text.js";
import type { AreaFact, Fact, FactLens, PagesFact, Run, TaskFact } from "../../model/fact.js";
import { pageRuns } from "../../model/page-runs.js";
import { elements, type Item, type RawItem } from "../../stream/item.js";
import { OpenFlags, TaskState, VmFlags } from "../linux/names.js";
import type { CrItem, CrRecord, RecordOf } from "./item.js";
import { CrFlags, FdType, VmaType } from "./names.js";
import { pageAddress, type RecordFields } from "./records.js";
import { holdsPointer } from "./series.js";

type Tell = (fact: Fact) => void;

/** Tasks whose ids are remembered until their records come: as many as a summary tells of, each once. */
const IDS_MOST = 4096;

/** Any record may have been cut short, and so lack its last fields. */
type Short<N extends keyof RecordFields> = Partial<RecordFields[N]>;

interface Ids {
  readonly vpid: number;
  readonly vtgid: number;
  readonly vppid: number;
}

/** What the records of an image of cr say: who belongs to whom is told by their order alone. */
export class CrFacts implements FactLens {
  task: number | undefined;
  private tasks = 0;
  private ids: readonly Ids[] = [];
  /** The latest task, and whether it was told. */
  private latest: TaskFact | undefined;
  private isTold = true;
  private area: { readonly item: RecordOf<"VMA">; name: RecordOf<"FNAME"> | undefined } | undefined;
  private entry: Entry | undefined;
  /** True from a VMA on until something else than its names and pages comes. */
  private isInArea = false;
  private brk: readonly [bigint, bigint] = [0n, 0n];
  private stack = 0n;
  /** Where the pages stand whose addresses come next. */
  private pagesAt = 0;

  get holds(): boolean {
    return !this.isTold || this.area !== undefined || this.entry !== undefined;
  }

  add(given: Item, tell: Tell): void {
    const item = given as CrItem;
    switch (item.kind) {
      case "record":
        this.addRecord(item, tell);
        break;
      case "raw":
        this.addRaw(item, tell);
        break;
      case "unknown":
        this.end(tell);
        this.isInArea = false;
        tell({ kind: "rest", item });
        break;
      case "gap":
        break;
    }
  }

  end(tell: Tell): void {
    this.tellTask(tell);
    this.tellArea(tell);
    this.tellEntry(tell);
  }

  private addRecord(item: CrRecord, tell: Tell): void {
    if (item.name === "FNAME") {
      this.addName(item, tell);
      return;
    }
    if (item.name !== "FD_DATA") this.tellEntry(tell);
    this.tellArea(tell);
    if (item.name !== "PGARR") this.isInArea = false;
    if (item.name !== "STRING" || this.isTold) this.learnPid(item, tell);
    switch (item.name) {
      case "HEAD":
        tell({ kind: "image", item, ...headOf(item.fields) });
        break;
      case "TASK":
        this.startTask(item);
        break;
      case "STRING":
        this.addComm(item, tell);
        break;
      case "MM":
        this.addMemory(item, tell);
        break;
      case "VMA":
        this.area = { item, name: undefined };
        this.isInArea = true;
        break;
      case "PGARR":
        this.addChunk(item, tell);
        break;
      case "FD_ENT":
        this.entry = { item, data: undefined, name: undefined };
        break;
      case "FD_DATA":
        if (this.entry === undefined) tell({ kind: "rest", item });
        else this.entry.data = item;
        break;
      case "CPU":
        this.addCpu(item, tell);
        break;
      case "TAIL":
        this.task = undefined;
        tell({ kind: "end", item });
        break;
      default:
        tell({ kind: "rest", item });
    }
  }

  private addRaw(item: RawItem, tell: Tell): void {
    const { task } = this;
    switch (item.name) {
      case "addresses":
        tell(new Pages(item, this.pagesAt + item.first * item.image.abi.page));
        break;
      case "pages":
        tell({ kind: "contents", item, count: item.count });
        break;
      case "pids":
        if (item.first === 0) this.ids = elements<Ids>(item).slice(0, IDS_MOST);
        tell({ kind: "rest", item });
        break;
      case "tls":
      case "ldt": {
        const entries = elements<{ desc: bigint }>(item).map(({ desc }) => desc);
        tell({ kind: "segments", item, task, table: item.name, first: item.first, entries });
        break;
      }
      case "xstate":
        tell({ kind: "fpu", item, task, bytes: item.bytes, ...pointerRemark(item.bytes) });
        break;
      default:
        tell({ kind: "rest", item });
    }
  }

  private startTask(item: RecordOf<"TASK">): void {
    const index = this.tasks++;
    const ids = this.ids[index];
    const { state, exit_signal } = item.fields as Short<"TASK">;
    this.task = index;
    this.isTold = false;
    this.latest = {
      kind: "task",
      item,
      index,
      comm: "",
      leftover: "",
      ...(ids !== undefined && { pid: ids.vpid, tgid: ids.vtgid, ppid: ids.vppid }),
      ...(state !== undefined && { state: { value: state, name: stateName(state) } }),
      ...(exit_signal !== undefined && { exitSignal: exit_signal }),
    };
  }

  private addComm(item: RecordOf<"STRING">, tell: Tell): void {
    const { text: comm, rest: leftover } = splitAtNul(item.fields.str);
    const { latest } = this;
    const isFirst = latest?.comm === "";
    if (isFirst) this.latest = { ...latest, comm, leftover };
    if (!this.isTold) return;
    tell({ kind: "rest", item });
    if (isFirst) tell(this.latest!);
  }

  /** Every record of a task but those of its contents carries its pid. */
  private learnPid(item: CrRecord, tell: Tell): void {
    const { latest } = this;
    if (latest === undefined || this.task === undefined) return;
    const { name } = item;
    const isNamed = name === "MM" || name === "FILES" || name === "THREAD" || name === "CPU";
    const isNew = isNamed && item.header.parent !== latest.pid && (name === "MM" || latest.pid === undefined);
    if (isNew) this.latest = { ...latest, pid: item.header.parent };
    if (!this.isTold || isNew) {
      this.isTold = true;
      tell(this.latest!);
    }
  }

  private tellTask(tell: Tell): void {
    if (this.isTold) return;
    this.isTold = true;
    tell(this.latest!);
  }

  private addMemory(item: RecordOf<"MM">, tell: Tell): void {
    const { fields } = item as { fields: Short<"MM"> };
    const range = (from: keyof RecordFields["MM"], to: keyof RecordFields["MM"]) =>
      fields[from] === undefined || fields[to] === undefined
        ? undefined
        : ([fields[from], fields[to]] as readonly [bigint, bigint]);
    const ranges = {
      code: range("start_code", "end_code"),
      data: range("start_data", "end_data"),
      brk: range("start_brk", "brk"),
      args: range("arg_start", "arg_end"),
      env: range("env_start", "env_end"),
    };
    this.brk = [fields.start_brk ?? 0n, fields.brk ?? 0n];
    this.stack = fields.start_stack ?? 0n;
    const known = Object.entries(ranges).filter(([, found]) => found !== undefined);
    tell({
      kind: "memory",
      item,
      task: this.task ?? 0,
      ...Object.fromEntries(known),
      ...(fields.start_stack !== undefined && { stack: fields.start_stack }),
    });
  }

  /** A name belongs to the VMA or the FD_DATA before it. */
  private addName(item: RecordOf<"FNAME">, tell: Tell): void {
    this.tellTask(tell);
    if (this.area !== undefined) this.area.name = item;
    else if (this.entry?.data !== undefined && this.entry.name === undefined) this.entry.name = item;
    else {
      this.tellEntry(tell);
      tell({ kind: "rest", item });
    }
  }

  private tellArea(tell: Tell): void {
    const { area } = this;
    if (area === undefined) return;
    this.area = undefined;
    tell(new Area(area.item, this.task, area.name, this.brk, this.stack));
  }

  private addChunk(item: RecordOf<"PGARR">, tell: Tell): void {
    const [count = 0] = item.counts;
    this.pagesAt = item.offset + item.length + count * pageAddress.size;
    if (!this.isInArea) tell({ kind: "rest", item });
  }

  private tellEntry(tell: Tell): void {
    const { entry } = this;
    if (entry === undefined) return;
    this.entry = undefined;
    const { item, data, name } = entry;
    const { fd, objref, close_on_exec } = item.fields as Short<"FD_ENT">;
    if (data !== undefined) {
      const { fd_type, f_flags, f_pos } = data.fields as Short<"FD_DATA">;
      const path = name === undefined ? undefined : pathOf(name);
      tell({
        kind: "file",
        item: data,
        id: objref,
        ...(fd_type !== undefined && {
          type: (enumText(FdType, fd_type) || String(fd_type)).toLowerCase(),
        }),
        ...(f_flags !== undefined && { flags: openFlags(f_flags) }),
        ...(f_pos !== undefined && { position: f_pos }),
        ...(path !== undefined && { path: path.text }),
        ...(path?.remark !== undefined && { pathRemark: path.remark }),
      });
    }
    const closeOnExec = Boolean(close_on_exec);
    tell({ kind: "descriptor", item, task: this.task, fd, file: objref, closeOnExec });
  }

  private addCpu(item: RecordOf<"CPU">, tell: Tell): void {
    const { task } = this;
    const { xstate, used_math } = item.fields;
    const values: Record<string, bigint> = {};
    for (const { name, field } of item.table.layout) {
      const value = (item.fields as Readonly<Record<string, unknown>>)[name];
      if (typeof value === "bigint" && field.stale === undefined) values[name] = value;
    }
    tell({ kind: "registers", item, task, arch: item.image.abi.arch, values });
    if (xstate !== undefined && used_math) {
      tell({ kind: "fpu", item, task, bytes: xstate, ...pointerRemark(xstate) });
    }
  }
}

interface Entry {
  readonly item: RecordOf<"FD_ENT">;
  data: RecordOf<"FD_DATA"> | undefined;
  name: RecordOf<"FNAME"> | undefined;
}

/** A VMA and its name. Made for millions of areas, of which most consumers want a few numbers. */
class Area implements AreaFact {
  readonly kind = "area" as const;
  private read: Path | undefined;

  constructor(
    readonly item: RecordOf<"VMA">,
    readonly task: number | undefined,
    private readonly file: RecordOf<"FNAME"> | undefined,
    private readonly brk: readonly [bigint, bigint],
    private readonly stack: bigint,
  ) {}

  private get fields(): Short<"VMA"> {
    return this.item.fields;
  }

  get start(): bigint {
    return this.fields.vm_start ?? 0n;
  }

  get end(): bigint {
    return this.fields.vm_end ?? 0n;
  }

  private get bits(): number {
    return Number(BigInt.asUintN(32, this.fields.vm_flags ?? 0n));
  }

  private get isShared(): boolean {
    return (this.bits & (SHARED | MAYSHARE)) !== 0;
  }

  get perms(): string {
    const { bits } = this;
    const bit = (mask: number, letter: string) => ((bits & mask) !== 0 ? letter : "-");
    return bit(READ, "r") + bit(WRITE, "w") + bit(EXEC, "x") + (this.isShared ? "s" : "p");
  }

  get offset(): bigint {
    return (this.fields.vm_pgoff ?? 0n) * BigInt(this.item.image.abi.page);
  }

  get backing(): AreaFact["backing"] {
    if (this.fields.vma_type === VmaType.values["FILE"]) return "file";
    return this.isShared ? "shared" : "anonymous";
  }

  get name(): string {
    return (this.path?.text ?? "") || this.knownName();
  }

  get nameRemark(): string | undefined {
    return this.path?.remark;
  }

  private get path(): Path | undefined {
    if (this.file === undefined) return undefined;
    this.read ??= pathOf(this.file);
    return this.read;
  }

  get flags(): NonNullable<AreaFact["flags"]> {
    const value = this.fields.vm_flags ?? 0n;
    return { value, names: flagsText(VmFlags, value), field: "vm_flags" };
  }

  /** Of the areas without a file MM tells two, and the kernel dumps the vdso whatever happens. */
  private knownName(): string {
    const { stack, brk, start, end } = this;
    if (stack >= start && stack < end) return "[stack]";
    if (brk[1] > brk[0] && start < brk[1] && end > brk[0]) return "[heap]";
    return (this.bits & ALWAYSDUMP) !== 0 ? "[vdso]" : "";
  }
}

/** The runs are made when somebody wants them: most only count. */
class Pages implements PagesFact {
  readonly kind = "pages" as const;
  readonly size: number;
  private found: readonly Run[] | undefined;

  constructor(
    readonly item: RawItem,
    private readonly offset: number,
  ) {
    this.size = item.image.abi.page;
  }

  get runs(): readonly Run[] {
    const { item, offset, size } = this;
    const little = item.image.abi.order === "little";
    this.found ??= pageRuns(item.bytes, { word: pageAddress.size as 4, little, size, offset });
    return this.found;
  }
}

const bits = VmFlags.bits as Readonly<Record<string, number>>;
const [READ, WRITE, EXEC, SHARED, MAYSHARE, ALWAYSDUMP] = (
  ["READ", "WRITE", "EXEC", "SHARED", "MAYSHARE", "ALWAYSDUMP"] as const
).map(name => bits[name]!) as [number, number, number, number, number, number];

function stateName(state: number): string {
  return flagsText(TaskState, BigInt(state)) || "RUNNING";
}

function openFlags(flags: number) {
  const value = BigInt(flags);
  return { value, names: `O_${flagsText(OpenFlags, value).split("|").join("|O_")}` };
}

interface Path {
  readonly text: string;
  readonly remark?: string;
}

/** A path up to its NUL, and what is odd about how it ends. */
function pathOf({ fields }: RecordOf<"FNAME">): Path {
  const { text, rest } = splitAtNul(fields.fname);
  if (rest !== "") return { text, remark: `behind the NUL: "${rest}"` };
  return fields.fname.includes("\0") ? { text } : { text, remark: "no NUL at its end" };
}

function pointerRemark(xstate: Uint8Array): { readonly remark?: string } {
  return holdsPointer(xstate) ? { remark: "a kernel pointer and leftovers, no FPU state (v6's bug)" } : {};
}

/** A head can be cut within its numbers. */
function headOf(fields: Short<"HEAD">) {
  const { magic: _, time, flags, ...head } = fields;
  const { major, minor, patch, release, version, machine } = head;
  const uts = Object.entries({ release, version, machine }).filter(([, text]) => text !== undefined);
  return {
    head,
    ...(major !== undefined && {
      kernel: { numbers: `${major}.${minor ?? "?"}.${patch ?? "?"}`, ...Object.fromEntries(uts) },
    }),
    ...(time !== undefined && { time }),
    ...(flags !== undefined && { flags: { value: flags, names: flagsText(CrFlags, flags) } }),
  };
}
