import { decodeText, encodeText } from "../../../codec/text.js";
import type { Window } from "../../../source/window.js";
import { DELETED } from "../../linux/names.js";
import type { RestartOptions, TaskVerdict, Verdict } from "../../verify-facet.js";
import { fxsave } from "../../x86/tables.js";
import { cpu784, cpu896, MAGIC_HEAD, MAGIC_TAIL } from "../records.js";
import { TASK_SIZE } from "../verify/address-space.js";
import { Errno, errnoName } from "./errno.js";
import { Kernel, type Reading, type Received, Refusal, require } from "./kernel.js";
import { MappedAreas } from "./mapped-areas.js";
import type { RestartSeries } from "./series.js";

/** Limits of the kernel (2.6.27 and 2.6.28, i386, as configured by default). */
const CR_MAX_TEXT = 4096;
const SYSCTL_NR_OPEN = 1024 * 1024;
const RLIMIT_NOFILE = 1024;
const KMALLOC_MAX = 4 * 1024 * 1024;
const PAGE = 4096;
const LDT_ENTRIES = 8192;
const PIDS_AT_ONCE = 4096;
/** Tasks whose fate a verdict tells: as many as there are pids by default. */
const TASKS_TOLD = 32 * 1024;
/** xsave_struct, in the union since 2.6.28. */
const XSAVE_SIZE = 576;
/** Addresses the model reads at once. cr_read_pages_vaddrs took 1024; where it ends makes no difference. */
const ADDRESSES_AT_ONCE = 32 * 1024;
/** O_CREAT: makes the file that is missing. */
const O_CREAT = 0o100;

/** The model of restart.c: reads as that series' kernel did, and answers what it did. */
export function* restart(
  series: RestartSeries,
  window: Window,
  options: RestartOptions = {},
): Reading<Verdict> {
  const run = new Restart(new Kernel(series, window, options.start ?? 0), options);
  let returns = 0;
  try {
    yield* run.doRestart();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    returns = -error.errno;
  }
  return run.verdict(returns);
}

class Restart {
  private readonly series: RestartSeries;
  /** The caller's memory is gone: nobody sees what comes. */
  private pastReturn = false;
  /** pids of the tasks, in their order. */
  private pids: Int32Array = new Int32Array();
  /** Tasks that run already. */
  private restored = 0;
  /** What the task after them was told. */
  private refusal: Refusal | undefined;
  private objrefs = new Set<number>();
  private readonly areas = new MappedAreas();
  /** Bytes of `union thread_xstate` in CPU, up to v8. */
  private unionSize = fxsave.size;
  /** Bytes of the block behind CPU, since v9: what the machine's CPU has. */
  private xstateSize = fxsave.size;

  constructor(
    private readonly kernel: Kernel,
    private readonly options: RestartOptions,
  ) {
    this.series = kernel.series;
  }

  verdict(returns: number): Verdict {
    const { kernel, series, pastReturn } = this;
    const waits = returns === -Errno.ERESTARTSYS;
    return {
      series: series.name,
      call: "sys_restart",
      returns,
      errno: errnoName(-returns),
      waits,
      position: kernel.position,
      // Who waits for ever sees nothing. Without memory records nothing is replaced, and even success comes back.
      visible: !waits && (series.memory ? !pastReturn && returns !== 0 : true),
      depends: [...kernel.depends],
      ...(this.pids.length > 1 && { tasks: this.fates(waits) }),
    };
  }

  /** do_restart */
  *doRestart(): Reading<void> {
    yield* this.readHead();
    if (!this.series.tree) yield* this.readTask();
    else {
      yield* this.readHeadArch();
      yield* this.readTree();
      yield* this.readTasks();
    }
    yield* this.readTail();
  }

  /** cr_read_head */
  private *readHead(): Reading<void> {
    const head = yield* this.kernel.readType("HEAD");
    require(head.parent === 0);
    require(head.big("magic") === MAGIC_HEAD && head.number("rev") === this.series.dialect.rev);
    const version = [head.number("major"), head.number("minor"), head.number("patch")] as const;
    const own = this.options.kernel ?? version;
    require(version.every((part, i) => part === own[i]));
    require((head.big("flags") & ~1n) === 0n);
    // On a 2.6.28 base the thread_xstate in CPU is larger.
    this.unionSize = own[2] >= 28 || own[1] > 6 || own[0] > 2 ? XSAVE_SIZE : fxsave.size;
  }

  /** The reader of HEAD_ARCH: with a parent it returns before it compares anything. */
  private *readHeadArch(): Reading<void> {
    const arch = yield* this.kernel.readType("HEAD_ARCH");
    if (arch.parent !== 0) return;
    const wanted = {
      has_fxsr: arch.number("has_fxsr"),
      has_xsave: arch.number("has_xsave"),
      xstate_size: arch.number("xstate_size"),
    };
    const { fpu } = this.options;
    this.xstateSize = fpu?.xstate_size ?? wanted.xstate_size;
    if (fpu !== undefined) {
      require(Object.entries(fpu).every(([name, value]) => wanted[name as keyof typeof wanted] === value));
      return;
    }
    require(isSomeCpu(wanted));
    this.kernel.depends.add(`a CPU whose FPU state has ${wanted.xstate_size} bytes`);
  }

  /** cr_read_tree */
  private *readTree(): Reading<void> {
    const { kernel } = this;
    const tree = yield* kernel.readType("TREE");
    require(tree.parent === 0);
    const count = tree.number("tasks_nr");
    const size = Math.imul(16, count);
    require(size >= 0);
    require(size <= KMALLOC_MAX, Errno.ENOMEM);
    this.pids = yield* this.readPids(size / 16);
    // The size wraps to 0 for 2^28 tasks: then there are many to wait for, and nobody to come.
    if (size === 0 && !this.series.waitsForNone) return;
    const restarters = this.options.restarters ?? (size === 16 * count ? Math.max(count, 1) : 1);
    if (count !== 1 && (count === 0 || restarters < count)) this.waitForEver(count);
  }

  /** The first number of each entry. Read piece by piece: an image may claim a quarter of a million of them. */
  private *readPids(count: number): Reading<Int32Array> {
    const { kernel } = this;
    const pids = new Int32Array(count);
    for (let done = 0; done < count; ) {
      const wanted = 16 * Math.min(PIDS_AT_ONCE, count - done);
      const bytes = yield* kernel.kread(wanted);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at + 16 <= bytes.length; at += 16) pids[done++] = view.getInt32(at, true);
      if (bytes.length < wanted) {
        kernel.depends.add("stale kernel memory: the file ends inside the pids");
        return pids.subarray(0, done);
      }
    }
    return pids;
  }

  private waitForEver(count: number): never {
    this.kernel.depends.add(`${count} tasks are waited for; the value is what a killed sys_restart returns`);
    throw new Refusal(Errno.ERESTARTSYS);
  }

  /** The tasks one after another, each in the process that restarts it; the first is the caller's. */
  private *readTasks(): Reading<void> {
    // Without a pid there is the caller, if it did not wait for others.
    for (; this.restored < Math.max(this.pids.length, 1); this.restored++) {
      try {
        yield* this.readTask();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.refusal = error;
        // Only that task hears of it: the root and those after it are never woken.
        throw this.restored === 0 ? error : new Refusal(Errno.ERESTARTSYS);
      }
    }
  }

  /** What becomes of each task: those before the refused one run, the root and those after it wait. */
  private fates(rootWaits: boolean): TaskVerdict[] {
    return Array.from(this.pids.subarray(0, TASKS_TOLD), (pid, index) => {
      if (index === this.restored && this.refusal !== undefined) {
        const { errno } = this.refusal;
        return { pid, fate: "refused", returns: -errno, errno: errnoName(errno) };
      }
      const waits = index > this.restored || (index === 0 && rootWaits) || this.restored === 0;
      return { pid, fate: waits ? "waits" : "restored" };
    });
  }

  /** cr_read_task */
  private *readTask(): Reading<void> {
    yield* this.readTaskStruct();
    if (!this.series.memory) return;
    yield* this.readMm();
    if (this.series.files) yield* this.readFiles();
    yield* this.readThread();
    yield* this.readCpu();
  }

  /** cr_read_task_struct: state and exit_* are read and forgotten. */
  private *readTaskStruct(): Reading<void> {
    const task = yield* this.kernel.readType("TASK");
    require(task.parent === 0);
    const length = task.number("task_comm_len");
    require(length >= 0 && length <= CR_MAX_TEXT);
    yield* this.kernel.readText("STRING", length);
  }

  /** cr_read_mm. Destroying the caller's memory is the point of no return. */
  private *readMm(): Reading<void> {
    const mm = yield* this.kernel.readType("MM");
    require(mm.big("start_code") <= mm.big("end_code") && mm.big("start_data") <= mm.big("end_data"));
    const count = mm.number("map_count");
    const objref = mm.number("objref");
    this.pastReturn = true;
    this.areas.clear();
    yield* this.readVmas(count);
    yield* this.readMmContext(objref);
  }

  /** cr_read_vma, with cr_read_private_vma_contents: chunks of pages until one is empty. */
  private *readVmas(count: number): Reading<void> {
    const { kernel } = this;
    for (let i = 0; i < count; i++) {
      const vma = kernel.received("VMA") ?? (yield* kernel.readType("VMA"));
      require(vma.parent === 0);
      const [from, to] = [vma.big("vm_start"), vma.big("vm_end")];
      require(to >= from);
      const type = vma.number("vma_type");
      require(type === 1 || type === 2);
      const pgoff = vma.big("vm_pgoff");
      if (type === 2) {
        const text = kernel.receivedText("FNAME", CR_MAX_TEXT);
        this.open(text ?? (yield* kernel.readText("FNAME", CR_MAX_TEXT)), 0);
      }
      this.map(from, to, type === 2 ? pgoff : 0n);
      for (;;) {
        const chunk = kernel.received("PGARR") ?? (yield* kernel.readType("PGARR"));
        require(chunk.parent === 0);
        // Taken for an `unsigned long`.
        const pages = Number(BigInt.asUintN(32, chunk.big("nr_pages")));
        if (pages === 0) break;
        yield* this.readChunk(pages);
      }
    }
  }

  /** do_mmap_pgoff with MAP_FIXED, as far as the image decides it: `unsigned long` has 32 bits. */
  private map(from: bigint, to: bigint, pgoff: bigint): void {
    const start = Number(BigInt.asUintN(32, from));
    const length = Number(BigInt.asUintN(32, to - from));
    require(length > 0);
    const aligned = Math.ceil(length / PAGE) * PAGE;
    require(aligned <= TASK_SIZE, Errno.ENOMEM);
    require(Number(BigInt.asUintN(32, pgoff)) + aligned / PAGE <= 0xffffffff, Errno.EOVERFLOW);
    require(start <= TASK_SIZE - aligned, Errno.ENOMEM);
    require(start % PAGE === 0);
    this.areas.add(start, start + aligned);
  }

  /** cr_read_pages_vaddrs, then cr_read_pages_contents, whose errors are dropped: from a bad address on nothing is read. */
  private *readChunk(count: number): Reading<void> {
    const { kernel } = this;
    let good = 0;
    for (let done = 0; done < count; done += ADDRESSES_AT_ONCE) {
      const wanted = Math.min(ADDRESSES_AT_ONCE, count - done);
      const bytes = yield* kernel.kread(4 * wanted);
      if (good === done) good += this.areas.countMapped(bytes);
      if (bytes.length < 4 * wanted) {
        kernel.depends.add(
          "stale kernel memory: the file ends inside page addresses, which was not an error before v11",
        );
        break;
      }
    }
    kernel.skip(good * PAGE);
    yield* kernel.settle();
  }

  /** cr_read_mm_context: each LDT entry goes through modify_ldt, old mode. */
  private *readMmContext(objref: number): Reading<void> {
    const { kernel } = this;
    const context = yield* kernel.readType("MM_CONTEXT");
    require(context.parent === objref);
    const nldt = context.number("nldt");
    require(nldt >= 0 && context.number("ldt_entry_size") === 8);
    for (let entry = 0; entry < nldt; entry++) {
      const bytes = yield* kernel.kread(8);
      require(entry < LDT_ENTRIES);
      // Contents 3, a conforming code segment, is what old mode refuses.
      require(bytes.length < 6 || ((bytes[5]! >> 2) & 3) !== 3);
    }
  }

  /** cr_read_files: once the old descriptors are closed, what goes wrong with a new one is dropped. */
  private *readFiles(): Reading<void> {
    const files = yield* this.kernel.readType("FILES");
    const count = files.number("nfds");
    const objref = files.number("objref");
    require(count <= SYSCTL_NR_OPEN, Errno.EMFILE);
    const open = new Set<number>();
    try {
      for (let i = 0; i < count; i++) yield* this.readFdEnt(objref | 0, open);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** cr_read_fd_ent */
  private *readFdEnt(table: number, open: Set<number>): Reading<void> {
    const entry = yield* this.kernel.readType("FD_ENT");
    require(entry.parent === table);
    const objref = entry.number("objref");
    const fd = entry.number("fd");
    require(objref !== 0);
    const known = this.objrefs.has(objref);
    const created = known ? lowestFree(open) : yield* this.readFdData(objref, open);
    if (known) open.add(created);
    if (created === fd) return;
    if (fd >= RLIMIT_NOFILE)
      this.kernel.depends.add(`RLIMIT_NOFILE: descriptor ${fd} needs more than ${RLIMIT_NOFILE}`);
    require(fd >= 0 && fd < RLIMIT_NOFILE && open.has(created), Errno.EBADF);
    open.add(fd);
    open.delete(created);
  }

  /** cr_read_fd_data. An error in reading its record comes back as a descriptor: 0, as measured (data0_hdrtype). */
  private *readFdData(objref: number, open: Set<number>): Reading<number> {
    let data: Received;
    try {
      data = yield* this.kernel.readType("FD_DATA");
    } catch (error) {
      if (!(error instanceof Refusal) || error.errno === Errno.EPIPE) throw error;
      return 0;
    }
    require(data.parent === (objref | 0));
    const type = data.number("fd_type");
    const flags = data.number("f_flags");
    require(type >= 1 && type <= this.series.lastFdType);
    this.open(yield* this.kernel.readText("FNAME", CR_MAX_TEXT), flags);
    this.objrefs.add(objref);
    const fd = lowestFree(open);
    open.add(fd);
    return fd;
  }

  /** filp_open */
  private open(name: Uint8Array, flags: number): void {
    const nul = name.indexOf(0);
    if (nul < 0) this.kernel.depends.add("stale kernel memory: a file name without a NUL goes on in it");
    const end = nul < 0 ? name.length : nul;
    const { exists } = this.options;
    const likely = !isDeleted(name, end);
    // Text is made of a name only for somebody who asks for it.
    const isThere = exists === undefined ? likely : exists(decodeText(name.subarray(0, end)), likely);
    if (isThere || (flags & O_CREAT) !== 0) this.kernel.depends.add("the files it names");
    else throw new Refusal(Errno.ENOENT);
  }

  /** cr_read_thread. An error in reading the TLS is dropped. */
  private *readThread(): Reading<void> {
    const { kernel } = this;
    const thread = yield* kernel.readType("THREAD");
    const used = thread.number("ntls");
    require(thread.number("gdt_entry_tls_entries") === 3 && thread.number("sizeof_tls_array") === 24);
    require(used >= 0 && used <= 3);
    if (used > 0) yield* this.dropErrors(kernel.kread(24));
  }

  /** cr_read_cpu. No register is looked at. */
  private *readCpu(): Reading<void> {
    const { kernel, series } = this;
    if (series.tree) {
      const cpu = yield* kernel.readType("CPU");
      if (cpu.number("used_math") !== 0) yield* this.dropErrors(kernel.kread(this.xstateSize));
      return;
    }
    const cpu = yield* kernel.readType("CPU", this.unionSize === XSAVE_SIZE ? cpu896.size : cpu784.size);
    // A CPU without FXSAVE refuses its state, and the other way round, with a SIGFPE on top.
    if (cpu.number("used_math") !== 0) require(cpu.number("has_fxsr") === 1);
  }

  /** cr_read_tail: by now the error is what the restored program is given. */
  private *readTail(): Reading<void> {
    const tail = yield* this.kernel.readType("TAIL");
    require(tail.parent === 0 && tail.big("magic") === MAGIC_TAIL);
  }

  private *dropErrors(reading: Reading<unknown>): Reading<void> {
    try {
      yield* reading;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

const deleted = encodeText(DELETED);

/** True if the first `end` bytes of a name end so. */
function isDeleted(name: Uint8Array, end: number): boolean {
  const from = end - deleted.length;
  if (from < 0 || name[from] !== deleted[0]) return false;
  return deleted.every((byte, i) => name[from + i] === byte);
}

/** get_unused_fd */
function lowestFree(open: ReadonlySet<number>): number {
  for (let fd = 0; fd < RLIMIT_NOFILE; fd++) if (!open.has(fd)) return fd;
  throw new Refusal(Errno.EMFILE);
}

/** True if some CPU has an FPU of this description. */
function isSomeCpu({
  has_fxsr,
  has_xsave,
  xstate_size,
}: {
  has_fxsr: number;
  has_xsave: number;
  xstate_size: number;
}): boolean {
  if (has_xsave !== 0) return has_fxsr !== 0 && xstate_size >= 576;
  return has_fxsr !== 0 ? xstate_size === 512 : xstate_size === 112;
}
