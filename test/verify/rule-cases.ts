import { encodeTable } from "../../src/codec/table.js";
import { cr2 } from "../../src/formats/cr/cr-2.js";
import { cr3a } from "../../src/formats/cr/cr-3a.js";
import { pids } from "../../src/formats/cr/records.js";
import { encodeRecord } from "../../src/stream/encode-record.js";
import { addressesFrom, makeImage } from "../image/made-image.js";
import { chunk4196 } from "../image/samples.js";
import {
  concat,
  littleEndian,
  overwritten,
  recordNamed,
  withInserted,
  withLen,
  without,
} from "../image/splice.js";
import { bytesOf, fieldSet, noticed, type Patched, parentSet, rawNamed, rawSet, saidOf } from "./patched.js";

/** An image that a rule has something to say of, where, and a number that must be in it. */
export interface RuleCase extends Patched {
  readonly says: string;
}

const u32 = (value: number) => littleEndian(value, 4);
const text = (value: string) => new TextEncoder().encode(value);

const says = (patched: Patched, words: string): RuleCase => ({ ...patched, says: words });

/** A sample with bytes of a path replaced: the n-th FNAME. */
function nameSet(of: string, at: number, patch: Uint8Array, nth = 0): Patched {
  const bytes = bytesOf(of);
  const { offset, path } = recordNamed(bytes, "FNAME", nth);
  return { bytes: overwritten(bytes, offset + 8 + at, patch), offset: offset + 8 + at, path };
}

/** A sample with the n-th FNAME replaced by one of other bytes. */
function nameReplaced(of: string, fname: string, nth = 0): Patched {
  const bytes = bytesOf(of);
  const { offset, length, path } = recordNamed(bytes, "FNAME", nth);
  const other = encodeRecord(cr2, "FNAME", { fname });
  return { bytes: withInserted(without(bytes, offset, length), offset, other), offset, path };
}

/** pids of a tree, five tasks, one of them changed. */
function idsSet(index: number, ids: Partial<Record<"vpid" | "vtgid" | "vppid", number>>): Patched {
  const block = rawNamed(bytesOf("v9-tree"), "pids");
  const at = block.offset + index * pids.size;
  const view = new DataView(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
  const changed = { ...pids.at("little").decode(view, index * pids.size, pids.size), ...ids };
  const bytes = overwritten(bytesOf("v9-tree"), at, encodeTable(pids, changed, "little"));
  return { bytes, offset: at, path: block.path };
}

/** A sample whose task has the FPU state of v8-fpu. */
function withState(of: string): Patched {
  const [from, to] = [recordNamed(bytesOf("v8-fpu"), "CPU"), recordNamed(bytesOf(of), "CPU")];
  return atRecord(overwritten(bytesOf(of), to.offset + 8, from.bytes.subarray(8)), to.offset, to.path);
}

function atRecord(bytes: Uint8Array, offset: number, path: string): Patched {
  return { bytes, offset, path };
}

/** What makes each rule speak. */
export const ruleCases = {
  "not-an-image": () => says(atRecord(new Uint8Array(4096), 0, "gap"), "after 8 bytes"),
  magic: () => says(saidOf(fieldSet("v6-tls1", "TAIL", "magic", 1n), "TAIL"), "expected the magic 0x"),
  rev: () => says(fieldSet("v6-tls1", "HEAD", "rev", 7), "rev is 7"),
  dialect: () => {
    const bytes = bytesOf("v13-tls1");
    return says(atRecord(bytes.slice(0, recordNamed(bytes, "TASK").offset), 0, "head"), "rev 3");
  },
  truncated: () => {
    const { offset } = recordNamed(bytesOf("v6-tls1"), "TAIL");
    return says(noticed(bytesOf("v6-tls1").slice(0, -8), "truncated", offset), "TAIL needs 8 bytes");
  },
  "record-order": () => {
    const { offset, length } = recordNamed(bytesOf("v6-tls1"), "MM_CONTEXT");
    return says(noticed(without(bytesOf("v6-tls1"), offset, length), "record-order", offset), "FILES (301)");
  },
  "unknown-record": () => {
    const { offset } = recordNamed(bytesOf("v6-tls1"), "MM_CONTEXT");
    const stranger = concat(littleEndian(999, 2), littleEndian(4, 2), u32(0), u32(0));
    return says(noticed(withInserted(bytesOf("v6-tls1"), offset, stranger), "unknown-record", offset), "999");
  },
  garbage: () => {
    const { offset } = recordNamed(bytesOf("v6-tls1"), "MM_CONTEXT");
    const bytes = overwritten(bytesOf("v6-tls1"), offset, new Uint8Array(64).fill(0xee));
    return says(noticed(bytes, "garbage", offset), "length -4370");
  },
  "record-length": () => {
    const record = recordNamed(bytesOf("v6-tls1"), "MM_CONTEXT");
    return says(atRecord(withLen(bytesOf("v6-tls1"), record, 6), record.offset, record.path), "8 bytes");
  },
  count: () => {
    const { bytes } = fieldSet("v6-tls1", "MM", "map_count", 9);
    return says(noticed(bytes, "count", recordNamed(bytes, "MM_CONTEXT").offset), "map_count is 9");
  },
  "running-total": () => says(atRecord(chunk4196(), 16802728, "task[0].mm.vma[5].pgarr[1]"), "4196"),
  "chunk-size": () => {
    const addresses = addressesFrom(0x10000000, 4097);
    const area = { start: 0x10000000, end: 0x12000000, chunks: [{ nr_pages: 4097, addresses }] };
    const bytes = makeImage(cr2, { tasks: [{ pid: 7, areas: [area] }] });
    return says(saidOf({ bytes, offset: 0, path: "" }, "PGARR", "nr_pages"), "4097 pages");
  },
  "tls-unread": () => says(rawSet("v6-tiny", "tls", 0, new Uint8Array(0)), "24 TLS bytes"),
  "tls-left-out": () => {
    const tls = rawNamed(bytesOf("v6-tiny"), "tls");
    return says(
      saidOf({ bytes: without(bytesOf("v6-tiny"), tls.offset, 24), offset: 0, path: "" }, "THREAD"),
      "3 expected",
    );
  },
  "tls-count": () => {
    const tls = rawNamed(bytesOf("v13-tls1"), "tls");
    return says(
      saidOf({ bytes: without(bytesOf("v13-tls1"), tls.offset, 24), offset: 0, path: "" }, "THREAD"),
      "0 stand here",
    );
  },
  "bytes-before": () =>
    says(atRecord(concat(new Uint8Array(100), bytesOf("v6-tls1")), 0, "gap"), "100 bytes"),
  "bytes-after": () => says(atRecord(concat(bytesOf("v6-tls1"), new Uint8Array(9)), 10302, "gap"), "9 bytes"),
  "several-images": () => says(atRecord(bytesOf("v6-twice"), 22604, "image[1].head"), "image 1"),
  "field-value": () => says(fieldSet("v9-tls1", "THREAD", "gdt_entry_tls_entries", 4), "is 4, expected 3"),
  "unknown-kind": () => says(fieldSet("v6-tls1", "FD_DATA", "fd_type", 9), "fd_type is 9"),
  "unknown-flags": () => says(fieldSet("v6-tls1", "FD_DATA", "f_flags", 0o20000002), "020000000"),
  "unknown-signal": () => says(fieldSet("v6-tls1", "TASK", "exit_signal", 65), "65"),
  "string-length": () => {
    const patched = fieldSet("v6-tls1", "TASK", "task_comm_len", 17);
    return says(saidOf(patched, "STRING"), "task_comm_len says 17");
  },
  "comm-terminator": () => {
    const { offset, path } = recordNamed(bytesOf("v6-tls1"), "STRING");
    const bytes = overwritten(bytesOf("v6-tls1"), offset + 8, text("sixteen letters!"));
    return says(atRecord(bytes, offset + 8, path), "16 bytes");
  },
  "fname-unexpected": () => says(saidOf(fieldSet("v6-tls1", "VMA", "vma_type", 1), "FNAME"), "vma_type is 1"),
  "fname-length": () => says(nameReplaced("v6-tls1", `/${"x".repeat(4096)}\0`), "4098 bytes"),
  "fname-terminator": () =>
    says(
      { ...nameSet("v6-tls1", 9, text("!")), offset: recordNamed(bytesOf("v6-tls1"), "FNAME").offset + 8 },
      "10 bytes",
    ),
  "fname-nul": () => says(nameSet("v6-tls1", 4, Uint8Array.of(0)), "byte 4 of 10"),
  "fname-empty": () => says(nameSet("v6-tls1", 0, Uint8Array.of(0)), "10 bytes"),
  "fname-relative": () => says(nameSet("v6-tls1", 0, text("x")), "byte 120"),
  "cpu-base": () => says(saidOf(fieldSet("v6-tls1", "HEAD", "patch", 28), "CPU"), "896"),
  "head-arch": () => says(fieldSet("v9-tls1", "HEAD_ARCH", "xstate_size", 513), "513"),
  "check-stopped": () => says(fieldSet("v6-tls1", "FD_ENT", "objref", 5_000_000), "5000000"),

  parent: () => says(parentSet("v6-tls1", "VMA", 3, 2), "is 3"),
  "parent-unread": () => says(parentSet("v9-tls1", "HEAD_ARCH", 1), "is 1"),
  "parent-negative": () => says(parentSet("v6-tls1", "MM", 0xfffffff4), "-12"),
  "pid-mismatch": () => says(parentSet("v6-tls1", "CPU", 999), "999"),
  "pid-range": () => says(parentSet("v6-tls1", "MM", 0), "is 0"),
  "tasks-nr": () => says(fieldSet("v9-tls1", "TREE", "tasks_nr", 0), "is 0"),
  "pids-duplicate": () => says(idsSet(2, { vpid: 163 }), "vpid 163"),
  "pids-repeat": () => {
    const ids = Array.from({ length: 300 }, (_, i) => 1 + (i % 256));
    const bytes = makeImage(cr3a, { tasks: ids.map((_, i) => ({ pid: i + 1, areas: [] })), pids: ids });
    const { offset, path } = rawNamed(bytes, "pids");
    return says(atRecord(bytes, offset + 256 * 16, path), "257th");
  },
  "pids-parent": () => says(idsSet(3, { vppid: 9 }), "vppid 9"),
  "pids-order": () => says(idsSet(1, { vppid: 166 }), "166"),
  "pids-cycle": () => says(idsSet(2, { vppid: 165 }), "164 -> 165"),
  "objref-zero": () => says(fieldSet("v6-tls1", "FD_ENT", "objref", 0, 1), "objref is 0"),
  "objref-undeclared": () => {
    const { offset, length } = recordNamed(bytesOf("v6-tls1"), "FD_DATA", 1);
    const name = recordNamed(bytesOf("v6-tls1"), "FNAME", 5);
    const bytes = without(bytesOf("v6-tls1"), offset, length + name.length);
    return says(saidOf({ bytes, offset, path: "" }, "FD_ENT", "objref", 1), "objref 2");
  },
  "objref-redeclared": () => says(fieldSet("v6-tls1", "FD_ENT", "objref", 1, 1), "objref 1"),
  "objref-order": () => says(fieldSet("v6-tls1", "FD_ENT", "objref", 9, 2), "objref 9"),
  "objref-shared": () => says(fieldSet("v6-tls1", "FILES", "objref", 1), "is 1"),
  "fd-negative": () => says(fieldSet("v6-tls1", "FD_ENT", "fd", -1, 2), "-1"),
  "fd-duplicate": () => says(fieldSet("v6-tls1", "FD_ENT", "fd", 1, 2), "descriptor 1"),
  "fd-order": () => says(saidOf(fieldSet("v6-tls1", "FD_ENT", "fd", 7, 1), "FD_ENT", "fd", 2), "after 7"),
  "nr-open": () => says(fieldSet("v6-tls1", "FILES", "nfds", 1_048_577), "1048577"),

  "head-time": () => says(fieldSet("v6-tls1", "HEAD", "time", 0n), "time is 0"),
  "head-release": () => says(saidOf(fieldSet("v6-tls1", "HEAD", "minor", 5), "HEAD", "release"), "2.5.27"),
  "task-dead": () => says(fieldSet("v6-tls1", "TASK", "exit_state", 16), "16"),
  "mm-range": () => says(fieldSet("v6-tls1", "MM", "start_code", 0x9000000n), "0x9000000"),
  "mm-order": () => says(fieldSet("v6-tls1", "MM", "arg_start", 0xbfffffffn), "0xbfffffff"),
  "mm-outside": () => says(fieldSet("v6-tls1", "MM", "start_stack", 0x1000n), "0x1000"),
  "vma-range": () => says(fieldSet("v6-tls1", "VMA", "vm_end", 0x8048000n), "0x8048000"),
  "vma-align": () => says(fieldSet("v6-tls1", "VMA", "vm_end", 0x8048800n), "0x8048800"),
  "vma-bounds": () => says(fieldSet("v6-tls1", "VMA", "vm_end", 0xc0001000n, 6), "0xc0001000"),
  "vma-order": () => {
    const bytes = bytesOf("v6-tls1");
    const swapped = fieldSet(
      fieldSet(bytes, "VMA", "vm_start", 0x1000n, 5).bytes,
      "VMA",
      "vm_end",
      0x2000n,
      5,
    );
    return says({ ...swapped, offset: swapped.offset - 8 }, "0x1000-0x2000");
  },
  "vma-overlap": () =>
    says(fieldSet("v6-tls1", "VMA", "vm_start", 0x8048000n, 1), "overlaps 0x8048000-0x8049000"),
  "vma-pgoff": () => says(fieldSet("v6-tls1", "VMA", "vm_pgoff", 0xffffffffn, 1), "4294967295"),
  "vma-refused": () => says(fieldSet("v6-tls1", "VMA", "vm_flags", 0x800187dn), "VM_SHARED"),
  "vma-access": () => says(fieldSet("v6-tls1", "VMA", "vm_flags", 0x8001807n), "0x8001807"),
  "page-align": () => says(rawSet("v6-maps", "addresses", 4, u32(0x9242004), 1), "0x9242004"),
  "page-outside": () => says(rawSet("v6-maps", "addresses", 8, u32(0xb0000000), 2), "0xb0000000"),
  "page-duplicate": () => says(rawSet("v6-maps", "addresses", 8, u32(0x10003000), 2), "0x10003000"),
  "page-order": () => says(rawSet("v6-maps", "addresses", 8, u32(0x10001000), 2), "0x10001000"),
  "pages-unexpected": () =>
    says(saidOf(fieldSet("v6-maps", "VMA", "vm_flags", 0x70n, 6), "PGARR", "nr_pages", 8), "3 pages"),
  "ldt-entries": () => says(fieldSet("v6-ldt", "MM_CONTEXT", "nldt", 8704), "8704"),
  "ldt-size": () => says(fieldSet("v6-tls1", "MM_CONTEXT", "nldt", 5), "nldt is 5"),
  "ldt-cut": () => says(rawSet("v6-ldt", "ldt", 0, new Uint8Array(0)), "LDT[0]"),
  "segment-privilege": () =>
    says(
      {
        ...rawSet("v6-ldt", "ldt", 5, Uint8Array.of(0x92)),
        offset: rawNamed(bytesOf("v6-ldt"), "ldt").offset,
      },
      "privilege 0",
    ),
  "tls-used": () => says(fieldSet("v6-tls1", "THREAD", "ntls", 2), "ntls is 2"),
  selector: () => says(fieldSet("v6-tls1", "CPU", "gs", 0x3b), "0x3b: TLS[1]"),
  "selector-privilege": () => says(fieldSet("v6-tls1", "CPU", "cs", 0x60), "0x60"),
  "register-width": () => says(fieldSet("v6-tls1", "CPU", "ax", 0x1_0000_0000n), "0x100000000"),
  eflags: () => says(fieldSet("v6-tls1", "CPU", "flags", 0x3246), "IOPL is 3"),
  "ip-outside": () => says(fieldSet("v6-tls1", "CPU", "ip", 0), "ip 0x0"),
  "sp-outside": () => says(fieldSet("v6-tls1", "CPU", "sp", 0x1000), "sp 0x1000"),
  "cpu-boolean": () => says(fieldSet("v6-tls1", "CPU", "uses_debug", 2), "uses_debug is 2"),
  "fpu-pointer": () =>
    says(saidOf({ bytes: bytesOf("v6-fpu"), offset: 0, path: "" }, "CPU", "xstate"), "0xef959200"),
  "fpu-as-pointer": () => says(saidOf(withState("v6p5-tls1"), "CPU", "xstate"), "v6p5 takes"),
  "fpu-fxsr": () => says(fieldSet("v8-fpu", "CPU", "has_fxsr", 0), "has_fxsr is 0"),
  "fpu-mxcsr": () => says(rawSet("v13-fpu", "xstate", 24, concat(u32(0x1fc0), u32(0xffbf))), "0x40"),
  "xstate-bv": () => says(rawSet("v13-xsave-fpu", "xstate", 512, new Uint8Array(8)), "0x0"),
  "deleted-file": () =>
    says(saidOf({ bytes: bytesOf("v6-files"), offset: 0, path: "" }, "FNAME", "fname", 11), "/t/gone.txt"),
  "fd-mode": () => says(fieldSet("v6-tls1", "FD_DATA", "f_mode", 0o15), "is 13"),
  "fd-append": () =>
    says(
      fieldSet(fieldSet("v6-tls1", "FD_DATA", "f_mode", 0o15).bytes, "FD_DATA", "f_flags", 0o2000),
      "02000",
    ),
  "fd-open-flags": () => says(fieldSet("v6-tls1", "FD_DATA", "f_flags", 0o1102), "O_CREAT|O_TRUNC"),
  "fd-kind": () => says(fieldSet("v6-tls1", "FD_DATA", "f_flags", 0o200002), "0200002"),
  "fd-link": () => says(fieldSet("v6-tls1", "FD_DATA", "fd_type", 3), "is 3"),
  "fd-pos": () => says(fieldSet("v6-tls1", "FD_DATA", "f_pos", 2n ** 64n - 1n), "-1"),
  "fd-largefile": () => says(fieldSet("v6-tls1", "FD_DATA", "f_pos", 2n ** 31n), "2147483648"),
  "dir-pos": () => says(fieldSet("v6-files", "FD_DATA", "f_pos", 12n, 5), "f_pos is 12"),
} satisfies Readonly<Record<string, () => RuleCase>>;
