import { describe, expect, it } from "vitest";
import type { RecordName } from "../../src/formats/cr/records.js";
import { concat } from "../image/splice.js";
import { findingsOf } from "./judged.js";
import { bytesOf, fieldSet, type Patched, parentSet, rawSet } from "./patched.js";
import { ruleCases } from "./rule-cases.js";

const rulesOf = ({ bytes }: { readonly bytes: Uint8Array }) => findingsOf(bytes).map(({ rule }) => rule);

/** Several fields of one record of v6-tls1. */
function fieldsSet(name: RecordName, fields: Readonly<Record<string, number | bigint>>, nth = 0): Patched {
  let patched: Patched = { bytes: bytesOf("v6-tls1"), offset: 0, path: "" };
  for (const [field, value] of Object.entries(fields)) {
    patched = fieldSet(patched.bytes, name, field, value, nth);
  }
  return patched;
}

describe("nothing is said of", () => {
  const sound: Readonly<Record<string, () => { readonly bytes: Uint8Array }>> = {
    "a task without a heap": () => fieldsSet("MM", { start_brk: 0x804d800n, brk: 0x804d800n }),
    "a heap within the page it starts in": () => fieldsSet("MM", { start_brk: 0x804e001n, brk: 0x804efffn }),
    "an empty range of code": () => fieldsSet("MM", { start_code: 0n, end_code: 0n }),
    "the last second before 2100": () => fieldsSet("HEAD", { time: 4_102_444_799n }),
    "a release candidate": () => bytesAt("v5p2-tiny"),
    "an area up to the end of user space": () => fieldsSet("VMA", { vm_end: 0xc0000000n }, 6),
    "a file mapped at the last page there is": () => fieldsSet("VMA", { vm_pgoff: 0xfffffffen }, 1),
    "an empty stack": () => fieldsSet("CPU", { sp: endOfStack() }),
    "a null fs and a user ds": () => fieldsSet("CPU", { fs: 0, ds: 0x7b }),
    "a kernel pointer where the FPU is not used": () => bytesAt("v6-tls1"),
    "a real-time exit signal": () => fieldsSet("TASK", { exit_signal: 34 }),
    "the exit signal of a thread": () => fieldsSet("TASK", { exit_signal: 0xffffffff }),
    "the largest pid": () => pidSet(32768),
    "the last byte before 2 GiB": () => fieldsSet("FD_DATA", { f_pos: 0x7fffffffn }),
    "a file open for writing only": () => fieldsSet("FD_DATA", { f_flags: 1, f_mode: 0o16 }),
  };
  it.each(Object.entries(sound))("%s", (_, make) => {
    expect(rulesOf(make())).toEqual([]);
  });
});

describe("FPU state of v6 that was carried into rev 3", () => {
  it("is still a kernel pointer", () => {
    const pointer = rawSet("v9-fpu", "xstate", 0, Uint8Array.of(0, 0x92, 0x95, 0xef));
    expect(rulesOf(pointer)).toEqual(["fpu-pointer"]);
  });
});

describe("pids that stand for no task", () => {
  it("make no tree, but no cycle either", () => {
    expect(rulesOf(rawSet("v9-tls1", "pids", 0, new Uint8Array(12)))).toEqual(["pid-range", "pid-range"]);
  });
});

describe("what is wrong once is said once", () => {
  it.each([
    ["page-align", () => rawSet("v6-maps", "addresses", 4, Uint8Array.of(4), 1)],
    ["parent", () => parentSet("v9-tree", "VMA", 3, 20)],
    ["fd-negative", () => fieldSet("v6-tls1", "FD_ENT", "fd", -1, 2)],
    ["ip-outside", () => fieldSet("v9-tree", "CPU", "ip", 0, 3)],
    ["objref-order", () => ruleCases["objref-order"]()],
  ])("%s", (rule, make) => {
    expect(rulesOf(make()).filter(found => found === rule)).toEqual([rule]);
  });

  it("all page addresses of a block in one finding, with their number", () => {
    const addresses = new Uint8Array(16);
    new DataView(addresses.buffer).setUint32(0, 0x20000000, true);
    new DataView(addresses.buffer).setUint32(4, 0x20001000, true);
    const { bytes } = rawSet("v6-maps", "addresses", 0, addresses.subarray(0, 8), 2);
    const outside = findingsOf(bytes).filter(({ rule }) => rule === "page-outside");
    expect(outside.map(({ message }) => message)).toEqual([
      "page address 0x20000000 is outside of the VMA 0x10000000-0x10010000, as are 1 more of the 3 here",
    ]);
  });
});

describe("each image of a file is judged by itself", () => {
  it("so that objrefs, pids and areas start anew", () => {
    const bytes = concat(bytesOf("v6-tls1"), bytesOf("v9-tree"), bytesOf("v13-tls1"));
    expect(findingsOf(bytes).map(({ rule, path }) => [rule, path])).toEqual([
      ["several-images", "image[1].head"],
      ["several-images", "image[2].head"],
    ]);
  });

  it("so that what is wrong with the second is said of the second", () => {
    const { bytes, path } = fieldSet("v6-tls1", "CPU", "ip", 0);
    const found = findingsOf(concat(bytesOf("v6-tls1"), bytes)).filter(({ rule }) => rule === "ip-outside");
    expect(found.map(finding => finding.path)).toEqual([`image[1].${path}`]);
  });
});

function bytesAt(name: string): { readonly bytes: Uint8Array } {
  return { bytes: bytesOf(name) };
}

/** vm_end of the stack of v6-tls1. */
function endOfStack(): number {
  const { bytes, offset } = fieldSet("v6-tls1", "VMA", "vm_pgoff", 0n, 6);
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(offset - 24, true));
}

function pidSet(pid: number): Patched {
  let { bytes, offset, path } = parentSet("v6-tls1", "MM", pid);
  for (const name of ["FILES", "THREAD", "CPU"] as const) {
    const at = parentSet("v6-tls1", name, pid).offset;
    bytes = bytes.slice();
    new DataView(bytes.buffer).setUint32(at, pid, true);
    ({ offset, path } = { offset: at, path });
  }
  return { bytes, offset, path };
}
