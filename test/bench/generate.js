import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { dialectNamed, encodeRecord } from "../../dist/index.js";

const PAGE = 4096;
const BUFFER = 1 << 20;

/**
 * Writes a cr-3b image of a size and shape for benchmarks. Page contents are holes unless a row is about them: a sparse
 * file reads as zeros.
 *
 * @param {string} path
 * @param {{ tasks?: number, vmas: number, pages?: number, chunk?: number, named?: boolean, filled?: boolean }} shape
 *   `vmas` areas a task, `pages` dumped pages in each, at most `chunk` in a PGARR; `named` areas are files, `filled` pages
 *   are in the file.
 */
export function generate(path, { tasks = 1, vmas, pages = 0, chunk = 4096, named = false, filled = false }) {
  const dialect = dialectNamed("cr-3b");
  const out = new SparseWriter(path);
  const put = (name, fields, parent = 0) => out.write(encodeRecord(dialect, name, fields, parent));
  const text = value => value.padEnd(16, "\0");

  put("HEAD", {
    magic: 0x00feed0cc0a2d200n,
    major: 2,
    minor: 6,
    patch: 28,
    rev: 3,
    time: 1233014400n,
    flags: 1n,
    release: "2.6.28",
    version: "#1",
    machine: "i686",
  });
  put("HEAD_ARCH", { has_fxsr: 1, has_xsave: 0, xstate_size: 512, _pading: 0 });
  put("TREE", { tasks_nr: tasks, _pad: 0 });
  for (let task = 0; task < tasks; task++) {
    const ids = new DataView(new ArrayBuffer(16));
    ids.setInt32(0, 100 + task, true);
    ids.setInt32(4, 100 + task, true);
    ids.setInt32(8, task === 0 ? 1 : 100, true);
    out.write(new Uint8Array(ids.buffer));
  }
  for (let task = 0; task < tasks; task++) {
    const pid = 100 + task;
    put("TASK", { state: 0, exit_state: 0, exit_code: 0, exit_signal: 17, task_comm_len: 16, _pad: 0 });
    put("STRING", { str: text(`bench-${task}`) });
    const edges = ["start_code", "end_code", "start_data", "end_data", "start_brk", "brk", "start_stack"];
    const bounds = [...edges, "arg_start", "arg_end", "env_start", "env_end"].map(name => [
      name,
      0x10000000n,
    ]);
    put("MM", { objref: 0, map_count: vmas, ...Object.fromEntries(bounds) }, pid);
    const span = Math.max(pages, 1) * PAGE;
    // A million areas of a page just fit into 32 bits.
    const bottom = vmas * span > 0x80000000 ? PAGE : 0x10000000;
    for (let i = 0; i < vmas; i++) {
      const start = bottom + i * span;
      put("VMA", {
        vma_type: named ? 2 : 1,
        _padding: 0,
        vm_start: BigInt(start),
        vm_end: BigInt(start + span),
        vm_page_prot: 0x25n,
        vm_flags: 0x100077n,
        vm_pgoff: BigInt(i),
      });
      if (named) put("FNAME", { fname: `/usr/lib/libbench-${i % 1000}.so\0` });
      for (let done = 0; done < pages; done += chunk) {
        const count = Math.min(chunk, pages - done);
        put("PGARR", { nr_pages: BigInt(count) });
        const addresses = new Uint32Array(count);
        for (let page = 0; page < count; page++) addresses[page] = start + (done + page) * PAGE;
        out.write(new Uint8Array(addresses.buffer));
        if (filled) out.fill(count * PAGE);
        else out.skip(count * PAGE);
      }
      put("PGARR", { nr_pages: 0n });
    }
    put("MM_CONTEXT", { ldt_entry_size: 8, nldt: 0, _pad: 0 });
    put("FILES", { objref: 0, nfds: 0 }, pid);
    put("THREAD", { gdt_entry_tls_entries: 3, sizeof_tls_array: 24, ntls: 0, _pad: 0 }, pid);
    put("CPU", registers(dialect), pid);
  }
  put("TAIL", { magic: 0x002d2a0cc0deef00n });
  out.close();
}

/** Registers that verify has nothing to say about. */
function registers(dialect) {
  const [table] = dialect.byName("CPU").tables;
  const zeros = Object.fromEntries(table.layout.map(({ name, size }) => [name, size === 8 ? 0n : 0]));
  const segments = { cs: 0x73n, ss: 0x7bn, ds: 0x7bn, es: 0x7bn };
  return { ...zeros, ...segments, flags: 0x202n, ip: 0x10000000n, sp: 0x10000ff0n };
}

const contents = Buffer.alloc(BUFFER, "no hole");

class SparseWriter {
  constructor(path) {
    this.fd = openSync(path, "w");
    this.offset = 0;
    this.buffer = Buffer.alloc(BUFFER);
    this.used = 0;
  }

  write(bytes) {
    if (this.used + bytes.length > BUFFER) this.flush();
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  skip(length) {
    this.flush();
    this.offset += length;
  }

  fill(length) {
    this.flush();
    for (let left = length; left > 0; left -= BUFFER) {
      this.offset += writeSync(this.fd, contents, 0, Math.min(left, BUFFER), this.offset);
    }
  }

  flush() {
    writeSync(this.fd, this.buffer, 0, this.used, this.offset);
    this.offset += this.used;
    this.used = 0;
  }

  close() {
    this.flush();
    ftruncateSync(this.fd, this.offset);
    // Or writing it back would go on while the first rows are measured.
    fsyncSync(this.fd);
    closeSync(this.fd);
  }
}
