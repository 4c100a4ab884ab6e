import { encodeTable } from "../../src/codec/table.js";
import {
  MAGIC_HEAD,
  MAGIC_TAIL,
  pageAddress,
  pids,
  type RecordFields,
} from "../../src/formats/cr/records.js";
import type { Dialect } from "../../src/stream/dialect.js";
import { encodeRecord } from "../../src/stream/encode-record.js";
import { concat } from "./splice.js";

/** A chunk of pages: what its header says, and the addresses that really follow. */
export interface MadeChunk {
  readonly nr_pages: number;
  readonly addresses: readonly number[];
}

/** An anonymous area; the chunk of 0 pages that ends it comes by itself. */
export interface MadeArea {
  readonly start: number;
  readonly end: number;
  readonly chunks: readonly MadeChunk[];
}

export interface MadeTask {
  readonly pid: number;
  readonly areas: readonly MadeArea[];
}

/** How an image is made. */
export interface Made {
  readonly tasks: readonly MadeTask[];
  /** The pids array as it shall stand; default: that of the tasks. Only in dialects with a TREE. */
  readonly pids?: readonly number[];
}

/** An image in any dialect, as small as its grammar allows. */
export function makeImage(
  dialect: Dialect,
  { tasks, pids: ids = tasks.map(({ pid }) => pid) }: Made,
): Uint8Array {
  const parts = [encodeRecord(dialect, "HEAD", headFields(dialect.rev))];
  if (dialect.byName("TREE") !== undefined) {
    parts.push(
      encodeRecord(dialect, "HEAD_ARCH", { has_fxsr: 1, has_xsave: 0, xstate_size: 512, _pading: 0 }),
      encodeRecord(dialect, "TREE", { tasks_nr: tasks.length, _pad: 0 }),
      ...ids.map(vpid => encodeTable(pids, { vpid, vtgid: vpid, vppid: 1, _pad: 0 }, dialect.abi.order)),
    );
  }
  for (const task of tasks) parts.push(makeTask(dialect, task));
  parts.push(encodeRecord(dialect, "TAIL", { magic: MAGIC_TAIL }));
  return concat(...parts);
}

function makeTask(dialect: Dialect, { pid, areas }: MadeTask): Uint8Array {
  const ofTask = { header: { parent: pid } };
  const comm = `task ${pid}`.padEnd(16, "\0");
  return concat(
    encodeRecord(dialect, "TASK", {
      state: 0,
      exit_state: 0,
      exit_code: 0,
      exit_signal: 17,
      task_comm_len: 16,
      _pad: 0,
    }),
    encodeRecord(dialect, "STRING", { str: comm }),
    encodeRecord(dialect, "MM", mmFields(areas.length), ofTask),
    ...areas.flatMap(area => makeArea(dialect, area)),
    encodeRecord(dialect, "MM_CONTEXT", { ldt_entry_size: 8, nldt: 0, _pad: 0 }),
    ...(dialect.byName("FILES") ? [encodeRecord(dialect, "FILES", { objref: 0, nfds: 0 }, ofTask)] : []),
    encodeRecord(
      dialect,
      "THREAD",
      { gdt_entry_tls_entries: 3, sizeof_tls_array: 24, ntls: 0, _pad: 0 },
      ofTask,
    ),
    // Up to v8 the TLS array stands there even if no entry is in use.
    ...(dialect.byName("TREE") ? [] : [new Uint8Array(24)]),
    encodeRecord(dialect, "CPU", cpuFields(dialect), ofTask),
  );
}

function makeArea(dialect: Dialect, { start, end, chunks }: MadeArea): Uint8Array[] {
  return [
    encodeRecord(dialect, "VMA", {
      vma_type: 1,
      _padding: 0,
      vm_start: BigInt(start),
      vm_end: BigInt(end),
      vm_page_prot: 0x25n,
      vm_flags: 0x100073n,
      vm_pgoff: BigInt(start / dialect.abi.page),
    }),
    ...chunks.flatMap(({ nr_pages, addresses }) => [
      encodeRecord(dialect, "PGARR", { nr_pages: BigInt(nr_pages) }),
      ...addresses.map(address => encodeTable(pageAddress, { address }, dialect.abi.order)),
      ...addresses.map(address => madePage(address, dialect.abi.page)),
    ]),
    encodeRecord(dialect, "PGARR", { nr_pages: 0n }),
  ];
}

/** Contents that look like no address and no header. */
function madePage(address: number, size: number): Uint8Array {
  return new Uint8Array(size).fill(0xa1 + ((address >>> 12) % 7));
}

function headFields(rev: number): RecordFields["HEAD"] {
  return {
    magic: MAGIC_HEAD,
    major: 2,
    minor: 6,
    patch: 27,
    rev,
    time: 1_224_000_000n,
    flags: 1n,
    release: "2.6.27",
    version: "#1 made by a test",
    machine: "i686",
  };
}

function mmFields(map_count: number): RecordFields["MM"] {
  return {
    objref: 0,
    map_count,
    start_code: 0x8048000n,
    end_code: 0x804a000n,
    start_data: 0x804c000n,
    end_data: 0x804d000n,
    start_brk: 0x8467000n,
    brk: 0x8467000n,
    start_stack: 0xbfe86590n,
    arg_start: 0xbfe86fcen,
    arg_end: 0xbfe86fden,
    env_start: 0xbfe86fden,
    env_end: 0xbfe86ff2n,
  };
}

function cpuFields(dialect: Dialect): RecordFields["CPU"] {
  const { layout } = dialect.byName("CPU")!.tables[0]!;
  const zero = (size: number) => (size === 8 ? 0n : size > 8 ? new Uint8Array(size) : 0);
  return {
    ...Object.fromEntries(layout.map(({ name, size }) => [name, zero(size)])),
    ip: 0x804906an,
  } as unknown as RecordFields["CPU"];
}

/** `count` page addresses from `first` on, each `step` pages after the one before. */
export function addressesFrom(first: number, count: number, step = 1): number[] {
  return Array.from({ length: count }, (_, i) => first + i * step * 4096);
}
