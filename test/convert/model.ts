import fc from "fast-check";

/**
 * A checkpoint as the process was, in no dialect: what `build` writes down in any of them. Values that no rule binds
 * (registers, LDT, leftovers, contents of pages) follow from `salt`, so that examples stay small.
 */
export interface Model {
  readonly salt: number;
  readonly tasks: readonly ModelTask[];
  /** The open files that tasks choose from. */
  readonly files: readonly ModelFile[];
  /** Distance of one objref to the next: dropped files leave gaps. */
  readonly objrefStep: number;
  /** Bytes of FPU state: 576 on a CPU with XSAVE, and then the kernel is 2.6.28. */
  readonly xstate: 512 | 576;
  /** The first byte of XSAVE's header: which parts are there. 0 restarts with an empty FPU. */
  readonly xstate_bv: number;
  /** Written by v6 and before: a pointer where the FPU state belongs. Only in dialects that have it in CPU. */
  readonly pointer: boolean;
  /** `nr_pages` as v6-v11 wrote it: the running total of the VMA. */
  readonly runningTotals: boolean;
  /** The TLS array of a task without TLS is there, as v6-v8 wrote it. */
  readonly emptyTls: boolean;
  readonly strangers: readonly Stranger[];
}

export interface ModelTask {
  /** The bytes of the STRING, which are up to 16. */
  readonly comm: string;
  readonly areas: readonly ModelArea[];
  readonly hasLdt: boolean;
  readonly descriptors: readonly ModelDescriptor[];
  readonly ntls: number;
  /** In flags of 16 bits all that is not 0 is 1. */
  readonly used_math: number;
  readonly uses_debug: number;
  /** vtgid and vppid less pid. */
  readonly vtgid: number;
  readonly vppid: number;
}

export interface ModelArea {
  /** Pages between the area before and this one. */
  readonly gap: number;
  /** A path; undefined for an anonymous area. */
  readonly name: string | undefined;
  /** For each of its pages: not dumped, dumped, or dumped as the first of a chunk. */
  readonly pages: readonly ("absent" | "dumped" | "chunk")[];
  /** With running totals: one more chunk, of no page of its own. */
  readonly hollow: boolean;
}

export interface ModelDescriptor {
  readonly step: number;
  /** Counted around the files that there are. */
  readonly file: number;
  readonly close_on_exec: number;
}

export interface ModelFile {
  readonly fd_type: number;
  readonly f_mode: number;
  readonly f_flags: number;
  readonly f_pos: bigint;
  readonly name: string;
  readonly isDeleted: boolean;
}

/** A record of a type that no dialect has. */
export interface Stranger {
  /** Which of the places where one may stand, counted around. */
  readonly place: number;
  readonly type: number;
  readonly parent: number;
  readonly length: number;
}

/** What of a checkpoint to leave out, because a law does not hold for it or a dialect cannot say it. */
export interface ModelBounds {
  readonly maxTasks?: number;
  readonly deleted?: boolean;
  readonly strangers?: boolean;
  /** Bugs of the writers that a conversion repairs. */
  readonly repairable?: boolean;
  readonly pointer?: boolean;
}

// Odd lengths, characters of two bytes, and bytes that are no characters.
const path = fc
  .array(fc.constantFrom("a", "lib", "/", ".", " ", "é", "\udcff"), { minLength: 1, maxLength: 9 })
  .map(parts => `/${parts.join("")}x`);

const area: fc.Arbitrary<ModelArea> = fc.record({
  gap: fc.integer({ min: 0, max: 2 }),
  name: fc.option(path, { nil: undefined }),
  pages: fc.array(fc.constantFrom("absent" as const, "dumped" as const, "chunk" as const), {
    minLength: 1,
    maxLength: 4,
  }),
  hollow: fc.boolean(),
});

const descriptor: fc.Arbitrary<ModelDescriptor> = fc.record({
  step: fc.integer({ min: 1, max: 40 }),
  file: fc.nat(5),
  close_on_exec: fc.constantFrom(0, 1),
});

const task: fc.Arbitrary<ModelTask> = fc.record({
  comm: fc.constantFrom("ckpt\0er\0\0\0\0\0\0\0\0\0", "sixteen bytes ok", "short\0", "\0"),
  areas: fc.array(area, { maxLength: 6 }),
  hasLdt: fc.integer({ min: 0, max: 3 }).map(n => n === 0),
  descriptors: fc.array(descriptor, { maxLength: 5 }),
  ntls: fc.integer({ min: 0, max: 3 }),
  used_math: fc.constantFrom(0, 1, 3, 0x10000),
  uses_debug: fc.constantFrom(0, 1, 9, 0x10000),
  vtgid: fc.constantFrom(0, -1),
  vppid: fc.integer({ min: -99, max: -1 }),
});

const file = (deleted: boolean): fc.Arbitrary<ModelFile> =>
  fc.record({
    fd_type: fc.constantFrom(1, 2),
    f_mode: fc.nat(31),
    f_flags: fc.constantFrom(0, 2, 0o2002, 0o100000),
    f_pos: fc.bigInt({ min: 0n, max: 1n << 40n }),
    name: path,
    isDeleted: deleted ? fc.boolean() : fc.constant(false),
  });

const stranger: fc.Arbitrary<Stranger> = fc.record({
  place: fc.nat(500),
  type: fc.constantFrom(777, 1234, 32_000, -7),
  parent: fc.constantFrom(0, 9),
  length: fc.nat(41),
});

/** Any checkpoint within bounds. */
export function anyModel({
  maxTasks = 1,
  deleted = false,
  strangers = true,
  repairable = true,
  pointer = true,
}: ModelBounds = {}): fc.Arbitrary<Model> {
  const maybe = (allowed: boolean) => (allowed ? fc.boolean() : fc.constant(false));
  return fc.record({
    salt: fc.nat(1 << 30),
    tasks: fc.array(task, { minLength: 1, maxLength: maxTasks }),
    files: fc.array(file(deleted), { minLength: 1, maxLength: 4 }),
    objrefStep: fc.constantFrom(1, 3),
    xstate: fc.constantFrom(512 as const, 576 as const),
    xstate_bv: fc.constantFrom(3, 1, 0),
    pointer: maybe(pointer),
    runningTotals: maybe(repairable),
    emptyTls: maybe(repairable),
    strangers: fc.array(stranger, { maxLength: strangers ? 3 : 0 }),
  });
}
