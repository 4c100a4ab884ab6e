import { type BoundTable, encodeTable, type Values } from "../../src/codec/table.js";
import {
  header,
  MAGIC_HEAD,
  MAGIC_TAIL,
  pids,
  type RecordFields,
  type RecordName,
} from "../../src/formats/cr/records.js";
import { descriptor } from "../../src/formats/x86/tables.js";
import { type BuildItem, buildImage } from "../../src/stream/build-image.js";
import type { Dialect } from "../../src/stream/dialect.js";
import { seeded } from "../image/seeded.js";
import { concat } from "../image/splice.js";
import type { Model, ModelArea, ModelTask } from "./model.js";

const TLS_ENTRIES = 3;
/** The kernel allocates the LDT by pages. */
const LDT_ENTRIES = 512;
const emptyEntries = new Uint8Array((LDT_ENTRIES - 3) * descriptor.size);
const FIRST_PID = 300;
const FIRST_AREA = 0x8048000;

/** The image that a kernel of this dialect would have written of the checkpoint; every undefined byte holds garbage. */
export function build(model: Model, dialect: Dialect): Uint8Array {
  return new Builder(model, dialect).image();
}

/** pid of the task at this place. */
export function pidOf(index: number): number {
  return FIRST_PID + index;
}

class Builder {
  private readonly parts: BuildItem[] = [];
  /** Indices in `parts` at which a record of an unknown type may be put in. */
  private readonly openings: number[] = [];
  private readonly below: (limit: number) => number;
  private readonly objrefs = new Map<number, number>();

  constructor(
    private readonly model: Model,
    private readonly dialect: Dialect,
  ) {
    this.below = seeded(model.salt);
  }

  image(): Uint8Array {
    const { model, dialect } = this;
    this.record("HEAD", this.head());
    if (this.has("TREE")) {
      const { xstate } = model;
      const has_xsave = xstate === 576 ? 1 : 0;
      this.record("HEAD_ARCH", { has_fxsr: 1, has_xsave, xstate_size: xstate, _pading: this.junk(16) });
      this.record("TREE", { tasks_nr: model.tasks.length, _pad: this.junk(32) });
      this.raw(...model.tasks.map((task, i) => encodeTable(pids, this.ids(task, i), dialect.abi.order)));
    }
    for (const [i, task] of model.tasks.entries()) this.task(task, pidOf(i));
    this.open();
    this.record("TAIL", { magic: MAGIC_TAIL });
    return buildImage(dialect, this.withStrangers());
  }

  private has(name: string): boolean {
    return this.dialect.byName(name) !== undefined;
  }

  private record<N extends RecordName>(name: N, fields: RecordFields[N], parent = 0): void {
    this.parts.push({ name, fields, header: { parent } });
  }

  private raw(...bytes: Uint8Array[]): void {
    this.parts.push(...bytes.map(part => ({ bytes: part })));
  }

  /** A record of an unknown type may stand before what comes next. */
  private open(): void {
    this.openings.push(this.parts.length);
  }

  private withStrangers(): BuildItem[] {
    const { model, openings, parts, dialect } = this;
    const placed = model.strangers
      .map(({ place, type, parent, length }) => ({
        at: openings[place % openings.length]!,
        bytes: concat(
          encodeTable(header, { type, len: length, parent }, dialect.abi.order),
          new Uint8Array(length).fill(0xc3),
        ),
      }))
      .sort((a, b) => a.at - b.at);
    return [
      ...parts.flatMap((part, i) => [
        ...placed.filter(({ at }) => at === i).map(({ bytes }) => ({ bytes })),
        part,
      ]),
    ];
  }

  private task(task: ModelTask, pid: number): void {
    const { below } = this;
    const { comm } = task;
    this.record("TASK", {
      state: below(3),
      exit_state: below(2),
      exit_code: below(256),
      exit_signal: 17,
      task_comm_len: comm.length,
      _pad: this.junk(32),
    });
    this.record("STRING", { str: comm });
    this.open();
    this.record("MM", this.mm(task.areas.length), pid);
    let start = FIRST_AREA;
    for (const area of task.areas) {
      start += area.gap * this.dialect.abi.page;
      this.area(area, start);
      start += area.pages.length * this.dialect.abi.page;
    }
    this.open();
    this.ldt(task);
    if (this.has("FILES")) this.descriptors(task, pid);
    this.open();
    this.thread(task, pid);
    this.cpu(task, pid);
  }

  private area({ name, pages, hollow }: ModelArea, start: number): void {
    const { dialect, below, model } = this;
    const { page: pageSize } = dialect.abi;
    this.open();
    this.record("VMA", {
      vma_type: name === undefined ? 1 : 2,
      _padding: this.junk(32),
      vm_start: BigInt(start),
      vm_end: BigInt(start + pages.length * pageSize),
      vm_page_prot: 0x25n,
      vm_flags: 0x100073n,
      vm_pgoff: BigInt(below(16)),
    });
    this.open();
    if (name !== undefined) this.record("FNAME", { fname: `${name}\0` });
    let total = 0;
    const chunks = chunksOf(pages);
    for (const chunk of chunks) {
      total += chunk.length;
      this.open();
      this.record("PGARR", { nr_pages: BigInt(model.runningTotals ? total : chunk.length) });
      this.parts.push({
        raw: "addresses",
        values: chunk.map(page => ({ address: start + page * pageSize })),
      });
      this.raw(...chunk.map(() => this.page()));
    }
    // What follows a hollow chunk at once is how the walk knows it.
    if (model.runningTotals && hollow && total > 0) this.record("PGARR", { nr_pages: BigInt(total) });
    else this.open();
    this.record("PGARR", { nr_pages: 0n });
  }

  private ldt({ hasLdt }: ModelTask): void {
    const nldt = hasLdt ? LDT_ENTRIES : 0;
    this.record("MM_CONTEXT", { ldt_entry_size: descriptor.size, nldt, _pad: this.junk(32) });
    if (hasLdt) this.raw(this.descriptor(true), this.descriptor(false), this.descriptor(true), emptyEntries);
    this.open();
  }

  private descriptors({ descriptors }: ModelTask, pid: number): void {
    const { model, objrefs } = this;
    this.record("FILES", { objref: 0, nfds: descriptors.length }, pid);
    let fd = -1;
    for (const { step, file, close_on_exec } of descriptors) {
      fd += step;
      const index = file % model.files.length;
      const isNew = !objrefs.has(index);
      if (isNew) objrefs.set(index, 1 + objrefs.size * model.objrefStep);
      const objref = objrefs.get(index)!;
      this.open();
      this.record("FD_ENT", { objref, fd, close_on_exec, _pad: this.junk(32) });
      if (!isNew) continue;
      const { name, isDeleted, ...data } = model.files[index]!;
      this.open();
      this.record("FD_DATA", { ...data, f_version: BigInt(this.below(2)) }, objref);
      this.open();
      this.record("FNAME", { fname: isDeleted ? `${name} (deleted)\0` : `${name}\0` });
    }
  }

  private thread({ ntls }: ModelTask, pid: number): void {
    const { model } = this;
    this.record(
      "THREAD",
      {
        gdt_entry_tls_entries: TLS_ENTRIES,
        sizeof_tls_array: TLS_ENTRIES * descriptor.size,
        ntls,
        _pad: this.junk(16),
      },
      pid,
    );
    const isThere = ntls > 0 || (model.emptyTls && !this.has("TREE"));
    if (isThere) this.raw(...Array.from({ length: TLS_ENTRIES }, (_, i) => this.descriptor(i < ntls)));
  }

  private cpu(task: ModelTask, pid: number): void {
    const { model, dialect } = this;
    const isUsed = task.used_math !== 0;
    const state = this.fpuState();
    const [small, large] = dialect.byName("CPU")!.tables;
    const table = (model.xstate === 576 && large) || small!;
    const isNarrow = table.fields["used_math"]!.size === 2;
    const flag = (value: number) => (isNarrow ? Math.min(value, 1) : value);
    const own: Record<string, unknown> = {
      uses_debug: flag(task.uses_debug),
      used_math: flag(task.used_math),
    };
    if (table.fields["xstate"] !== undefined) {
      own["has_fxsr"] = isUsed ? 1 : this.junk(16);
      own["xstate"] = isUsed ? state : this.bytes(state.length);
    }
    this.record("CPU", { ...this.garbage(table), ...own } as unknown as RecordFields["CPU"], pid);
    if (isUsed && table.fields["xstate"] === undefined) this.raw(state);
  }

  /** FPU state as the kernel of the dialect left it. */
  private fpuState(): Uint8Array {
    const { model, dialect } = this;
    const state = this.bytes(model.xstate);
    const view = new DataView(state.buffer);
    // cr-1 is v6p5's only, which has no state; from v9 on the state is real.
    const isPointer = dialect.rev === 1 || (dialect.rev === 2 && model.pointer);
    view.setUint32(0, isPointer ? 0xef959200 : 0x037f, true);
    view.setUint32(24, 0x1f80, true);
    if (model.xstate === 576) {
      state.fill(0, 512);
      state[512] = model.xstate_bv;
    }
    return state;
  }

  private head(): RecordFields["HEAD"] {
    const patch = this.model.xstate === 576 ? 28 : 27;
    return {
      magic: MAGIC_HEAD,
      major: 2,
      minor: 6,
      patch,
      rev: this.dialect.rev,
      time: 1_224_000_000n + BigInt(this.below(1000)),
      flags: 1n,
      release: `2.6.${patch}-made`,
      version: "#1 made by a test",
      machine: "i686",
    };
  }

  private ids({ vtgid, vppid }: ModelTask, index: number): Values<typeof pids.fields> {
    const vpid = pidOf(index);
    return { vpid, vtgid: vpid + vtgid, vppid: vpid + vppid, _pad: this.junk(32) };
  }

  private mm(map_count: number): RecordFields["MM"] {
    const { below } = this;
    const code = below(0x1000);
    return {
      objref: 0,
      map_count,
      start_code: BigInt(code),
      end_code: BigInt(code + below(0x1000)),
      start_data: BigInt(code),
      end_data: BigInt(code + below(0x1000)),
      start_brk: this.wide(),
      brk: this.wide(),
      start_stack: this.wide(),
      arg_start: this.wide(),
      arg_end: this.wide(),
      env_start: this.wide(),
      env_end: this.wide(),
    };
  }

  /** Values for every field of a table. */
  private garbage(table: BoundTable): Record<string, unknown> {
    return Object.fromEntries(
      table.layout.map(({ name, field, size }) => {
        const value =
          field.kind === "u64"
            ? this.wide()
            : field.kind === "bytes"
              ? this.bytes(size)
              : this.junk(8 * size);
        return [name, value];
      }),
    );
  }

  /** A descriptor of a data segment, or an empty one. */
  private descriptor(isUsed: boolean): Uint8Array {
    const desc = isUsed ? 0x00df_f200_0000_ffffn | (BigInt(this.below(0x100)) << 16n) : 0n;
    return encodeTable(descriptor, { desc }, this.dialect.abi.order);
  }

  /** Contents that look like no address and no header. */
  private page(): Uint8Array {
    return new Uint8Array(this.dialect.abi.page).fill(0xa1 + this.below(50));
  }

  private bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => 1 + this.below(255));
  }

  private junk(bits: number): number {
    return 1 + this.below(2 ** Math.min(bits, 31) - 1);
  }

  private wide(): bigint {
    return (BigInt(this.below(2 ** 32)) << 32n) | BigInt(this.below(2 ** 32));
  }
}

/** Indices of the pages in each chunk. */
function chunksOf(pages: ModelArea["pages"]): number[][] {
  const chunks: number[][] = [];
  for (const [i, page] of pages.entries()) {
    if (page === "absent") continue;
    if (page === "chunk" || chunks.length === 0) chunks.push([]);
    chunks.at(-1)!.push(i);
  }
  return chunks;
}
