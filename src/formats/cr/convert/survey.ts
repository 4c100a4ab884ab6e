import type { Facts } from "../../../convert/context.js";
import { CrimgError } from "../../../errors.js";
import type { Finding } from "../../../finding.js";
import type { Dialect } from "../../../stream/dialect.js";
import type { Item, RawItem } from "../../../stream/item.js";
import type { CrRecord as RecordItem } from "../item.js";
import type { Goal } from "./options.js";
import { repairedFpu } from "./repairs/fpu.js";
import { type DeletedFiles, isDeleted } from "./requests/deleted.js";
import { taskIndex } from "./requests/task.js";
import { findSysenter, isVdso } from "./requests/vdso.js";

/**
 * What is known of an image after a first pass over it: all that a stage needs before the bytes that say it come. Holds
 * nothing that keeps bytes of the input in memory, since there is one of it for each image of a file.
 */
export class Survey {
  /** pids of the tasks: `parent` of MM. */
  readonly tasks: number[] = [];
  hasMemory = false;
  /** False if not even the head is whole. */
  hasHead = false;
  readonly deleted: DeletedFiles = { objrefs: new Set(), counts: new Map() };
  /** Offsets at which the vdso enters the kernel by SYSENTER. */
  readonly sysenters: number[] = [];
  /** The first thing that is wrong with the image. */
  damage: Finding | undefined;
  /** Where what is whole ends. */
  private soundEnd: number | undefined;

  private headArch: Readonly<Record<string, unknown>> | undefined;
  /** CPU of each task, as far as it decides anything: of the first, or the one that is taken. */
  private cpu: { readonly task: number; readonly fields: Readonly<Record<string, unknown>> } | undefined;
  private lastRecord: Pick<RecordItem, "name" | "path" | "offset"> | undefined;
  private filesPath = "";
  private objref = 0;
  private isInFile = false;
  private isInVdso = false;

  constructor(
    readonly index: number,
    readonly dialect: Dialect,
    private readonly goal: Goal,
  ) {}

  finding(finding: Finding, isDamage: boolean): void {
    if (!isDamage || (this.damage !== undefined && this.damage.rule !== "dialect")) return;
    this.damage = finding;
    // Of an image that is cut before it tells its dialect, what there is can be kept all the same.
    if (finding.rule === "dialect") return;
    // A record whose blocks are cut would announce what is not there.
    const owner = this.lastRecord;
    const isInBlock =
      owner !== undefined && finding.path.startsWith(`${owner.path}.`) && finding.rule === "truncated";
    this.soundEnd =
      isInBlock && isBlockOf(this.dialect, owner.name, finding.path) ? owner.offset : finding.offset;
  }

  see(item: Item): void {
    if (item.offset >= this.end) return;
    if (item.kind === "record") this.seeRecord(item as RecordItem);
    else if (item.kind === "raw" && this.isInVdso && item.block.extent && item.first === 0)
      this.seeVdso(item);
  }

  /** Offset from which on nothing of the image is used. */
  get end(): number {
    return this.soundEnd ?? Number.POSITIVE_INFINITY;
  }

  /** The place of the task that is taken; undefined if all are. */
  get taken(): number | undefined {
    const { task } = this.goal;
    return task === undefined ? undefined : taskIndex(this.tasks, task);
  }

  /** What the stages ask. `isRepaired`: FPU state that is none will be taken out. */
  facts(isRepaired: boolean): Facts {
    const pid = this.tasks[this.taken ?? 0] ?? 0;
    const cpu = this.cpu?.fields;
    if (this.headArch !== undefined) {
      const { has_fxsr, xstate_size } = this.headArch as Record<string, number>;
      return { pid, fpu: { used: Boolean(cpu?.["used_math"]), hasFxsr: has_fxsr!, size: xstate_size! } };
    }
    if (cpu === undefined) return { pid, fpu: { used: false, hasFxsr: 1, size: 512 } };
    return { pid, fpu: repairedFpu(this.goal, cpu, isRepaired) };
  }

  private seeRecord(item: RecordItem): void {
    const { name, path, offset } = item;
    this.lastRecord = { name, path, offset };
    switch (item.name) {
      case "HEAD":
        this.hasHead = true;
        break;
      case "HEAD_ARCH":
        this.headArch = item.fields as unknown as Record<string, unknown>;
        break;
      case "TASK":
        // Until MM tells it; an image of v5 2/8 never does.
        this.tasks.push(0);
        break;
      case "MM":
        this.hasMemory = true;
        this.tasks[this.tasks.length - 1] = item.header.parent;
        break;
      case "VMA":
        this.isInVdso = this.goal.vdso !== undefined && isVdso(item.fields);
        break;
      case "MM_CONTEXT":
        this.isInVdso = false;
        break;
      case "CPU":
        this.seeCpu(item);
        break;
      default:
        this.seeFile(item);
    }
  }

  private seeCpu({ fields }: RecordItem): void {
    const task = this.tasks.length - 1;
    if (this.cpu !== undefined && this.tasks[task] !== this.goal.task) return;
    this.cpu = { task, fields: detached(fields as unknown as Record<string, unknown>) };
  }

  private seeFile(item: RecordItem): void {
    switch (item.name) {
      case "FILES":
        this.filesPath = item.path;
        break;
      case "FD_ENT":
        this.objref = item.fields.objref;
        // Later descriptors of a file that is unlinked say no name.
        this.countDeleted();
        break;
      case "FD_DATA":
        this.isInFile = true;
        return;
      case "FNAME":
        if (!this.isInFile || !isDeleted(item.fields.fname)) break;
        this.deleted.objrefs.add(this.objref);
        this.countDeleted();
        break;
    }
    this.isInFile = false;
  }

  private countDeleted(): void {
    const { objrefs, counts } = this.deleted;
    if (objrefs.has(this.objref)) counts.set(this.filesPath, (counts.get(this.filesPath) ?? 0) + 1);
  }

  private seeVdso({ bytes, offset }: RawItem): void {
    const found = findSysenter(bytes, offset);
    if (found !== undefined) this.sysenters.push(found);
  }
}

function isBlockOf(dialect: Dialect, owner: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf(".") + 1);
  const blocks = dialect.byName(owner)?.raw ?? [];
  return blocks.some(block => block.name === name);
}

/** Values that are views of what was read, as copies of their own. */
function detached(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const copies = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? new Uint8Array(value) : value,
  ]);
  return Object.fromEntries(copies);
}

/** Says that an image cannot be converted as it stands. */
export function damageError({ rule, message, offset, path }: Finding, hasHead: boolean): CrimgError {
  return new CrimgError(
    rule === "truncated" ? "truncated" : "malformed",
    `${message}; a damaged image cannot be converted${hasHead ? ", but --partial keeps what is whole" : ""}`,
    { offset, path },
  );
}
