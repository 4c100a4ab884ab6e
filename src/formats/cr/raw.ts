import { type RawBlock, when } from "../../codec/grammar.js";
import { descriptor, pageAddress, pids } from "./records.js";

/** The raw blocks: what a record announces and no header marks. */

/**
 * v6-v11 never reset the counter behind `nr_pages`: from the second chunk of a VMA on it is a running total
 * (v6/chunk4196.img says 4196 at 0x10063a8 where 100 pages follow). v12 fixed it, and repaired images are right too, so
 * the bytes must tell: image/page-count.ts.
 */
export const pageBlocks: readonly RawBlock[] = [
  {
    name: "addresses",
    doc: "page addresses",
    element: pageAddress,
    count: "PGARR.nr_pages",
    stride: pageAddress.size,
    settle: "page-count",
  },
  {
    name: "pages",
    doc: "page contents, in the order of the addresses",
    count: "PGARR.nr_pages",
    stride: 4096,
    extent: true,
    settle: "page-count",
  },
];

export const ldt: RawBlock = {
  name: "ldt",
  doc: "LDT entries",
  element: descriptor,
  count: "MM_CONTEXT.nldt",
  stride: descriptor.size,
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
  stride: descriptor.size,
  otherwise: [0],
  tolerated: true,
};

/** v9 and later write the whole array if one entry is in use. */
export const tlsIfUsed: RawBlock = {
  ...tlsAlways,
  doc: "the TLS array",
  when: when("THREAD.ntls", ">", 0),
  otherwise: [0, 3],
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
  stride: pids.size,
  otherwise: "search",
};

export const xstate: RawBlock = {
  name: "xstate",
  doc: "FPU state: FSAVE, FXSAVE or XSAVE, as HEAD_ARCH says",
  count: "HEAD_ARCH.xstate_size",
  stride: 1,
  when: when("CPU.used_math", "!=", 0),
  otherwise: [512, 576, 112, 0],
};
