import { type BlockRemark, type RawBlock, when } from "../../codec/grammar.js";
import { rule } from "../../finding.js";
import { descriptor } from "../x86/tables.js";
import { pageCount } from "./page-count.js";
import { pageAddress, pids } from "./records.js";

/** The raw blocks: what a record announces and no header marks. */

export const tlsLeftOut = rule("tls-left-out", {
  group: "structure",
  severity: "note",
  title: "The TLS array of a task without TLS is left out",
  why: "No kernel up to v8 writes this, but all restart it: the image was repaired.",
  source: "cr_read_thread (arch/x86/mm/restart.c v6, v8)",
});
export const tlsCount = rule("tls-count", {
  group: "structure",
  severity: "error",
  title: "The TLS array is missing, or there though ntls is 0",
  why: "The reader goes by ntls, and takes the bytes for a record or a record for them.",
  source: "cr_read_thread (arch/x86/mm/restart.c v9)",
});
export const pidsRepeat = rule("pids-repeat", {
  group: "references",
  severity: "warning",
  title: "From the 257th task on the pids repeat the first ones",
  why: "The kernels v9 to v13 wrote them so; the true pids are in the parent of MM.",
  source: "cr_write_pids (checkpoint.c v9-v13)",
});

/**
 * v6-v11 never reset the counter behind `nr_pages`: from the second chunk of a VMA on it is a running total
 * (v6/chunk4196.img says 4196 at 0x10063a8 where 100 pages follow). v12 fixed it, and repaired images are right too, so
 * the bytes must tell: page-count.ts.
 */
export const pageBlocks: readonly RawBlock[] = [
  {
    name: "addresses",
    doc: "page addresses",
    element: pageAddress,
    count: "PGARR.nr_pages",
    settle: pageCount,
  },
  {
    name: "pages",
    doc: "page contents, in the order of the addresses",
    count: "PGARR.nr_pages",
    stride: 4096,
    extent: true,
  },
];

export const ldt: RawBlock = {
  name: "ldt",
  doc: "LDT entries",
  element: descriptor,
  count: "MM_CONTEXT.nldt",
  otherwise: [0],
};

/**
 * v6-v8 write the array always and read it only if ntls > 0, so an image of a task without TLS (v6p5/tiny.img at
 * 0x4418) cannot be restarted. Repaired images have left it out.
 */
export const tlsAlways: RawBlock = {
  name: "tls",
  doc: "the TLS array; in repaired images left out if ntls is 0",
  element: descriptor,
  count: 3,
  used: "THREAD.ntls",
  otherwise: [0],
  tolerated: ({ ntls }) => (ntls === 0 ? tlsLeftOut : tlsCount),
};

/** v9 and later write the whole array if one entry is in use. */
export const tlsIfUsed: RawBlock = {
  ...tlsAlways,
  doc: "the TLS array",
  when: when("THREAD.ntls", ">", 0),
  otherwise: [0, 3],
  tolerated: () => tlsCount,
};

/**
 * cr_write_pids writes each chunk of 256 from the start of its buffer, so from the 257th task on the entries repeat
 * the first ones.
 */
export const taskIds: RawBlock = {
  name: "pids",
  doc: "ids of the tasks, root first, in the order of the tasks",
  element: pids,
  count: "TREE.tasks_nr",
  otherwise: "search",
  remark: repeatedPids,
};

/** Entries that cr_write_pids writes at a time, each time from the start of its buffer. */
export const PIDS_CHUNK = 256;

function repeatedPids(bytes: Uint8Array): BlockRemark | undefined {
  const chunk = PIDS_CHUNK * pids.size;
  if (bytes.length <= chunk) return undefined;
  const again = bytes.subarray(chunk, 2 * chunk);
  if (!again.every((byte, i) => byte === bytes[i])) return undefined;
  const message = "from the 257th task on the pids repeat the first ones (a bug of cr_write_pids, v9-v13)";
  return { rule: pidsRepeat, message, at: chunk };
}

export const xstate: RawBlock = {
  name: "xstate",
  doc: "FPU state: FSAVE, FXSAVE or XSAVE, as HEAD_ARCH says",
  content: "x86-fpu",
  count: "HEAD_ARCH.xstate_size",
  stride: 1,
  when: when("CPU.used_math", "!=", 0),
  otherwise: [512, 576, 112, 0],
};
