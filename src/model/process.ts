import type { Place } from "../finding.js";
import type { AreaFact, Fact, FileFact, FpuFact, MemoryFact, RegistersFact, TaskFact } from "./fact.js";
import { Memory } from "./memory.js";

/** A fact, with the place that it was read from instead of the item, which would keep the bytes around it alive. */
type Placed<F> = Omit<F, "kind" | "item" | "task"> & { readonly at: Place };

export type Area = Placed<AreaFact>;
export type OpenFile = Placed<FileFact>;
export type MemoryLayout = Placed<MemoryFact>;
export type Registers = Placed<RegistersFact>;
export type FpuState = Placed<FpuFact>;

/** A descriptor with its open file; without one if the image describes it nowhere. */
export interface Descriptor {
  readonly fd: number | undefined;
  readonly file: OpenFile | undefined;
  readonly closeOnExec: boolean;
  readonly at: Place;
}

/** One task, with all that an image says of it. */
export interface ProcessTask extends Placed<TaskFact> {
  readonly layout: MemoryLayout | undefined;
  readonly areas: readonly Area[];
  readonly descriptors: readonly Descriptor[];
  readonly registers: Registers | undefined;
  readonly fpu: FpuState | undefined;
  /** Where its pages are. */
  readonly memory: Memory;
}

interface Building {
  fact: TaskFact;
  layout?: MemoryLayout;
  registers?: Registers;
  fpu?: FpuState;
  readonly areas: Area[];
  readonly descriptors: Descriptor[];
  readonly memory: Memory;
}

/**
 * What the facts of an image add up to: its tasks with their areas, descriptors and registers. Grows with their number,
 * not with their memory.
 */
export class Process {
  private readonly building: Building[] = [];
  private readonly files = new Map<number, OpenFile>();
  private current: Building | undefined;

  /** `word`: bytes of a C `long` of the machine. */
  constructor(private readonly word: 4 | 8) {}

  readonly take = (fact: Fact): void => {
    const { current } = this;
    switch (fact.kind) {
      case "task":
        this.takeTask(fact);
        break;
      case "file": {
        const file = fileOf(fact);
        if (fact.id !== undefined) this.files.set(fact.id, file);
        break;
      }
      case "memory":
        if (current) current.layout = placed(fact);
        break;
      case "area":
        current?.areas.push(areaOf(fact));
        current?.memory.take(fact);
        break;
      case "pages":
        current?.memory.take(fact);
        break;
      case "descriptor": {
        const { fd, file, closeOnExec, item } = fact;
        const open = file === undefined ? undefined : this.files.get(file);
        current?.descriptors.push({ fd, file: open, closeOnExec, at: placeOf(item) });
        break;
      }
      case "registers":
        if (current) current.registers = placed(fact);
        break;
      case "fpu":
        // A copy: a view would keep the bytes around it alive.
        if (current) current.fpu = { ...placed(fact), bytes: new Uint8Array(fact.bytes) };
        break;
    }
  };

  /** The tasks in the order of the image. */
  get tasks(): readonly ProcessTask[] {
    return this.building.map(({ fact, areas, descriptors, memory, layout, registers, fpu }) => ({
      ...placed(fact),
      index: fact.index,
      areas,
      descriptors,
      memory,
      layout,
      registers,
      fpu,
    }));
  }

  private takeTask(fact: TaskFact): void {
    if (this.current?.fact.index === fact.index) this.current.fact = fact;
    else {
      this.current = { fact, areas: [], descriptors: [], memory: new Memory(this.word) };
      this.building.push(this.current);
    }
  }
}

function placeOf({ offset, path }: Place): Place {
  return { offset, path };
}

function placed<F extends { readonly kind: string; readonly item: Place }>(fact: F): Placed<F> {
  const { kind: _, item, ...rest } = fact;
  return { ...rest, at: placeOf(item) } as unknown as Placed<F>;
}

function areaOf({ item, start, end, perms, offset, backing, name, nameRemark, flags }: AreaFact): Area {
  return {
    start,
    end,
    perms,
    offset,
    backing,
    name,
    at: placeOf(item),
    ...(nameRemark !== undefined && { nameRemark }),
    ...(flags !== undefined && { flags }),
  };
}

function fileOf(fact: FileFact): OpenFile {
  return placed(fact);
}
