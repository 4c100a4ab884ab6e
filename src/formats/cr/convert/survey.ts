import type { Fields, ImageStart, Item, RawItem } from "../../../stream/item.js";
import type { ConversionTarget, Surveyor } from "../../convert-facet.js";
import type { CrRecord } from "../item.js";
import { type CrSurvey, isRepaired, type SurveyedFpu } from "./context.js";
import type { CrGoal } from "./goal.js";
import { repairedFpu } from "./repairs/fpu.js";
import { isDeleted } from "./requests/deleted.js";
import { taskIndex } from "./requests/task.js";
import { findSysenter, isVdso } from "./requests/vdso.js";

/** Finds out what the stages need of an image before the bytes that say it come. */
export class CrSurveyor implements Surveyor<CrSurvey> {
  /** pids of the tasks: `parent` of MM. */
  private readonly tasks: number[] = [];
  private hasMemory = false;
  private readonly deletedObjrefs = new Set<number>();
  private readonly deletedCounts = new Map<string, number>();
  private readonly sysenters: number[] = [];
  private headArch: Fields | undefined;
  /** CPU of the first task, or of the one that is taken: as far as it decides anything. */
  private cpu: Fields | undefined;
  private filesPath = "";
  private objref = 0;
  private isInFile = false;
  private isInVdso = false;

  constructor(
    readonly image: ImageStart,
    readonly target: ConversionTarget,
    readonly goal: CrGoal,
  ) {}

  see(item: Item): void {
    if (item.kind === "record") this.seeRecord(item as CrRecord);
    else if (item.kind === "raw" && this.isInVdso && item.block.extent && item.first === 0)
      this.seeVdso(item);
  }

  survey(): CrSurvey {
    const { tasks, hasMemory, sysenters, goal } = this;
    const taken = goal.task === undefined ? undefined : taskIndex(tasks, goal.task);
    return {
      tasks,
      taken,
      pid: tasks[taken ?? 0] ?? 0,
      hasMemory,
      fpu: this.fpu(),
      deleted: { objrefs: this.deletedObjrefs, counts: this.deletedCounts },
      sysenters,
    };
  }

  private fpu(): SurveyedFpu {
    const { headArch, cpu, goal } = this;
    if (headArch !== undefined) {
      const { has_fxsr, xstate_size } = headArch as Record<string, number>;
      return { used: Boolean(cpu?.["used_math"]), hasFxsr: has_fxsr!, size: xstate_size! };
    }
    if (cpu === undefined) return { used: false, hasFxsr: 1, size: 512 };
    return repairedFpu(goal, cpu, isRepaired("fpu", this));
  }

  private seeRecord(item: CrRecord): void {
    switch (item.name) {
      case "HEAD_ARCH":
        this.headArch = { ...item.fields };
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
        if (this.cpu === undefined || this.tasks.at(-1) === this.goal.task) this.cpu = detached(item.fields);
        break;
      default:
        this.seeFile(item);
    }
  }

  private seeFile(item: CrRecord): void {
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
        this.deletedObjrefs.add(this.objref);
        this.countDeleted();
        break;
    }
    this.isInFile = false;
  }

  private countDeleted(): void {
    const { deletedObjrefs, deletedCounts, objref, filesPath } = this;
    if (deletedObjrefs.has(objref)) deletedCounts.set(filesPath, (deletedCounts.get(filesPath) ?? 0) + 1);
  }

  private seeVdso({ bytes, offset }: RawItem): void {
    const found = findSysenter(bytes, offset);
    if (found !== undefined) this.sysenters.push(found);
  }
}

/** Values that are views of what was read, as copies of their own. */
function detached(fields: object): Fields {
  const copies = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? new Uint8Array(value) : value,
  ]);
  return Object.fromEntries(copies);
}
