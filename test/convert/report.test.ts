import { describe, expect, it } from "vitest";
import type { ConversionReport } from "../../src/convert/report.js";
import { cr2 } from "../../src/formats/cr/cr-2.js";
import { cr3a } from "../../src/formats/cr/cr-3a.js";
import type { ConvertOptions } from "../../src/index.js";
import { addressesFrom, makeImage } from "../image/made-image.js";
import { chunk4196, sample } from "../image/samples.js";
import { recordNamed, withField } from "../image/splice.js";
import { build, pidOf } from "./build.js";
import { convertBytes } from "./converter.js";
import type { Model, ModelTask } from "./model.js";
import { linesOf, ownLines } from "./report-lines.js";

function reportOf(image: string | Uint8Array, options: ConvertOptions): ConversionReport {
  const bytes = typeof image === "string" ? sample(image).bytes : image;
  return convertBytes(bytes, options).report;
}

describe("A report names what rev 3 has and rev 2 has not:", () => {
  it("all of v8-tls1 for v9", () => {
    const report = reportOf("v8-tls1", { to: "cr-3a" });
    expect(linesOf(report)).toEqual([
      "changed head HEAD.rev: 2 -> 3",
      "invented head_arch HEAD_ARCH: - -> has_fxsr 1, has_xsave 0, xstate_size 512",
      "invented tree TREE: - -> tasks_nr 1",
      "invented tree.pids pids: - -> vpid 150, vtgid 150, vppid 1",
      "dropped task[0].cpu CPU._padding: 12336 -> -",
      "dropped task[0].cpu CPU.has_fxsr: 12336 -> -",
      "dropped task[0].cpu CPU.xstate: 512 bytes -> -",
      "renumbered task[0] TASK.type: 101 -> 102",
      "renumbered task[0].string STRING.type: 2 -> 3",
      "renumbered task[0].mm.vma[*].fname FNAME.type: 3 -> 4 x4",
      "renumbered task[0].files.fd_ent[*].fd_data.fname FNAME.type: 3 -> 4 x3",
      "renumbered task[0].thread THREAD.type: 102 -> 103",
      "renumbered task[0].cpu CPU.type: 103 -> 104",
    ]);
    expect(report).toMatchObject({
      from: "cr-2",
      to: "cr-3a",
      series: "v9",
      images: 1,
      counts: { dropped: 3, invented: 3, changed: 1, renumbered: 11 },
      // What was dropped had no meaning.
      lossy: false,
      omitted: 0,
    });
  });

  it("the parent's pid, as asked for", () => {
    expect(ownLines(reportOf("v8-tls1", { to: "cr-3b", ppid: 7 }))).toContain(
      "invented tree.pids pids: - -> vpid 150, vtgid 150, vppid 7",
    );
  });

  it("the FPU state, which only moves", () => {
    expect(ownLines(reportOf("v8-fpu", { to: "cr-3a" }))).toContain(
      "changed task[0].cpu.xstate xstate: CPU.xstate -> behind CPU",
    );
    const report = reportOf("v9-fpu", { to: "cr-2" });
    expect(report.lossy).toBe(false);
    expect(ownLines(report)).toEqual([
      "dropped head_arch HEAD_ARCH: has_fxsr 1, has_xsave 0, xstate_size 512 -> -",
      "dropped tree TREE: tasks_nr 1 -> -",
      "dropped tree.pids pids: vpid 152, vtgid 152, vppid 1 -> -",
      "changed task[0].cpu.xstate xstate: behind CPU -> CPU.xstate",
    ]);
  });

  it("a flag that 16 bits cannot hold", () => {
    const bytes = sample("v9-tls1").bytes;
    const flagged = withField(bytes, recordNamed(bytes, "CPU"), "uses_debug", 0x10000);
    expect(ownLines(reportOf(flagged, { to: "cr-2" }))).toContain(
      "changed task[0].cpu CPU.uses_debug: 65536 -> 1, lost",
    );
  });

  it("used_math, too, where a program has written more than 1 there", () => {
    const bytes = sample("v9-fpu").bytes;
    const flagged = withField(bytes, recordNamed(bytes, "CPU"), "used_math", 0x10000);
    expect(ownLines(reportOf(flagged, { to: "cr-2" }))).toContain(
      "changed task[0].cpu CPU.used_math: 65536 -> 1, lost",
    );
  });
});

describe("A report names what becomes of a task that is taken out of five:", () => {
  it("the others, and the files that they share, of v9-tree for v8", () => {
    const report = reportOf("v9-tree", { to: "cr-2", task: 164 });
    expect(ownLines(report)).toEqual(
      expect.arrayContaining([
        "changed tree TREE.tasks_nr: 5 -> 1, lost",
        "dropped tree TREE: tasks_nr 1 -> -",
        "dropped tree.pids pids: vpid 164, vtgid 164, vppid 162 -> -, lost",
        "dropped task[0] TASK: pid 162, with its memory, files and registers -> -, lost",
        "dropped task[1] TASK: pid 163, with its memory, files and registers -> -, lost",
        "dropped task[3] TASK: pid 165, with its memory, files and registers -> -, lost",
        "dropped task[4] TASK: pid 166, with its memory, files and registers -> -, lost",
      ]),
    );
  });

  it("each file that it shares, where it comes to stand", () => {
    const invented = reportOf("v9-tree", { to: "cr-2", task: 164 }).entries.filter(
      ({ kind }) => kind === "invented",
    );
    expect(invented.map(({ path, record }) => `${path} ${record}`)).toEqual(
      [0, 1, 2].flatMap(fd => [
        `task[2].files.fd_ent[${fd}].fd_data FD_DATA`,
        `task[2].files.fd_ent[${fd}].fd_data.fname FNAME`,
      ]),
    );
  });

  it("the ids of the others", () => {
    const { entries } = reportOf("v9-tree", { to: "cr-3a", task: 164 });
    expect(entries.some(({ record, loss }) => record === "pids" && loss)).toBe(true);
  });

  it("new numbers of its files, and of the lines that point to them", () => {
    // The second task's one file is the third of the image.
    const files = [0, 1, 2].map(i => ({ ...file, name: `/file${i}` }));
    const bytes = build({ ...plainModel, files, tasks: [taskWith(0, 1), taskWith(2, 2)] }, cr3a);
    const report = reportOf(bytes, { to: "cr-3a", task: pidOf(1) });
    expect(linesOf(report).filter(line => line.startsWith("renumbered"))).toEqual([
      "renumbered task[1].files.fd_ent[0] FD_ENT.objref: 3 -> 1",
      "renumbered task[1].files.fd_ent[0].fd_data FD_DATA.parent: 3 -> 1",
      "renumbered task[1].files.fd_ent[1] FD_ENT.objref: 3 -> 1",
    ]);
  });

  it("nothing, where it is the only one: its files keep the numbers that they have", () => {
    const { bytes } = sample("v9-files");
    const odd = withField(bytes, recordNamed(bytes, "FD_ENT"), "objref", 77);
    const pid = recordNamed(odd, "MM").header["parent"]!;
    expect(linesOf(reportOf(odd, { to: "cr-3a", task: pid }))).toEqual([]);
  });
});

describe("A report names what rev 1 has no place for:", () => {
  const report = reportOf("v6-files", { to: "cr-1" });

  it("every descriptor, file and name of v6-files", () => {
    const dropped = report.entries.filter(({ kind }) => kind === "dropped");
    const count = (name: string) => dropped.filter(({ record }) => record === name).length;
    expect(["FILES", "FD_ENT", "FD_DATA", "FNAME"].map(count)).toEqual([1, 12, 9, 9]);
    expect(dropped.every(({ loss }) => loss)).toBe(true);
    expect(ownLines(report)).toEqual(
      expect.arrayContaining([
        "dropped task[0].files FILES: objref 0, nfds 12 -> -, lost",
        "dropped task[0].files.fd_ent[9] FD_ENT: objref 9, fd 9, close_on_exec 0 -> -, lost",
        "dropped task[0].files.fd_ent[9].fd_data FD_DATA: fd_type 1, f_mode 0xf, f_flags 0104002, f_pos 12884901893, f_version 0 -> -, lost",
        "dropped task[0].files.fd_ent[9].fd_data.fname FNAME: /t/big.off -> -, lost",
        // A second descriptor of a file has no FD_DATA.
        "dropped task[0].files.fd_ent[10] FD_ENT: objref 4, fd 10, close_on_exec 0 -> -, lost",
      ]),
    );
  });

  it("nothing else", () => {
    expect(report.counts).toEqual({ dropped: 31, invented: 0, changed: 1, renumbered: 0 });
  });

  it("and on the way up what is put there", () => {
    expect(ownLines(reportOf("v6p5-tls1", { to: "cr-2" }))).toEqual([
      "invented task[0].files FILES: - -> objref 0, nfds 0",
    ]);
    expect(ownLines(reportOf("v6p5-tls1", { to: "cr-2", fds: [{ fd: 2, path: "/t/log" }] }))).toEqual([
      "invented task[0].files FILES: - -> objref 0, nfds 1",
      "invented task[0].files.fd_ent[0] FD_ENT: - -> objref 1, fd 2, close_on_exec 0",
      "invented task[0].files.fd_ent[0].fd_data FD_DATA: - -> fd_type 1, f_mode 0xf, f_flags 02, f_pos 0, f_version 0",
      "invented task[0].files.fd_ent[0].fd_data.fname FNAME: - -> /t/log",
    ]);
  });
});

describe("A report names what becomes of the FPU", () => {
  const cleared = [
    "changed task[0].cpu CPU.used_math: 1 -> 0, lost",
    "changed task[0].cpu CPU.has_fxsr: 1 -> 0, lost",
    "dropped task[0].cpu CPU.xstate: 512 bytes -> -, lost",
  ];

  it("that v6 did not save", () => {
    expect(ownLines(reportOf("v6-fpu", { to: "cr-2", repair: ["fpu"] }))).toEqual(cleared);
    expect(ownLines(reportOf("v6-fpu", { to: "cr-3a" }))).toEqual(expect.arrayContaining(cleared));
  });

  it("that is fresh, as asked for", () => {
    const { entries } = reportOf("v6-fpu", { to: "cr-3a", fpu: "init" });
    expect(entries.find(({ field }) => field === "xstate")).toMatchObject({ kind: "changed", loss: true });
    expect(entries.some(({ field }) => field === "used_math")).toBe(false);
  });

  it("that is left as it is, as asked for: nothing", () => {
    expect(reportOf("v6-fpu", { to: "cr-2", repair: ["fpu"], fpu: "asis" }).entries).toEqual([]);
  });

  it("that a v6 kernel would take for a pointer", () => {
    expect(ownLines(reportOf("v8-fpu", { to: "cr-2", series: "v6", repair: ["fpu"] }))).toEqual(cleared);
    expect(ownLines(reportOf("v9-fpu", { to: "cr-2", series: "v6" }))).toEqual(
      expect.arrayContaining(cleared),
    );
    expect(reportOf("v8-fpu", { to: "cr-1" }).lossy).toBe(true);
  });

  it("of another CPU", () => {
    expect(ownLines(reportOf("v13-fpu", { to: "cr-3b", xstate: 576 }))).toEqual([
      "changed head_arch HEAD_ARCH.has_xsave: 0 -> 1",
      "changed head_arch HEAD_ARCH.xstate_size: 512 -> 576",
      "changed task[0].cpu.xstate xstate: 512 bytes -> 576 bytes",
    ]);
    const cut = reportOf("v13-xsave-fpu", { to: "cr-3b", xstate: 512 });
    expect(ownLines(cut)).toEqual([
      "changed head_arch HEAD_ARCH.has_xsave: 1 -> 0",
      "changed head_arch HEAD_ARCH.xstate_size: 576 -> 512",
      "changed task[0].cpu.xstate xstate: 576 bytes -> 512 bytes",
    ]);
    expect(cut.lossy).toBe(false);
  });

  it("of another CPU, in rev 2", () => {
    expect(ownLines(reportOf("v8-fpu", { to: "cr-2", xstate: 576 }))).toEqual([
      "changed task[0].cpu CPU.xstate: 512 bytes -> 576 bytes",
    ]);
  });
});

describe("A report names each repair:", () => {
  it("the TLS array of a task without TLS", () => {
    const line = "dropped task[0].thread.tls tls: 24 bytes -> -";
    expect(ownLines(reportOf("v6-tiny", { to: "cr-2", repair: ["tls"] }))).toEqual([line]);
    expect(ownLines(reportOf("v6-tiny", { to: "cr-3a" }))).toContain(line);
    expect(ownLines(reportOf("v6p5-tiny", { to: "cr-2" }))).toContain(line);
  });

  it("a running total, of which v6-chunk4196 has one", () => {
    const report = reportOf(chunk4196(), { to: "cr-2", repair: ["chunks"] });
    expect(ownLines(report)).toEqual([
      expect.stringMatching(/^changed task\[0\]\.mm\.vma\[\d+\]\.pgarr\[1\] PGARR\.nr_pages: 4196 -> 100$/),
    ]);
  });

  it("a chunk without a page of its own", () => {
    const chunks = [
      { nr_pages: 2, addresses: addressesFrom(0x10000000, 2) },
      { nr_pages: 2, addresses: [] },
    ];
    const bytes = makeImage(cr2, {
      tasks: [{ pid: 9, areas: [{ start: 0x10000000, end: 0x10004000, chunks }] }],
    });
    expect(ownLines(reportOf(bytes, { to: "cr-2", repair: ["chunks"] }))).toEqual([
      "dropped task[0].mm.vma[0].pgarr[1] PGARR: 2 -> -",
    ]);
  });

  it("none that nobody asked for", () => {
    expect(reportOf("v6-tiny", { to: "cr-2" }).entries).toEqual([]);
    expect(reportOf("v6-fpu", { to: "cr-2", repair: ["tls", "chunks"] }).entries).toEqual([]);
  });
});

describe("A report names what is done on request:", () => {
  it("descriptors of unlinked files dropped", () => {
    expect(ownLines(reportOf("v9-files", { to: "cr-3b", deleted: "drop" }))).toEqual([
      "changed task[0].files FILES.nfds: 12 -> 11",
      "dropped task[0].files.fd_ent[8] FD_ENT: fd 8, objref 8 -> -, lost",
      "dropped task[0].files.fd_ent[8].fd_data FD_DATA: objref 8 -> -, lost",
      "dropped task[0].files.fd_ent[8].fd_data.fname FNAME: /t/gone.txt (deleted) -> -, lost",
    ]);
  });

  it("or created", () => {
    expect(ownLines(reportOf("v9-files", { to: "cr-3a", deleted: "create" }))).toEqual([
      "changed task[0].files.fd_ent[8].fd_data FD_DATA.f_flags: 02 -> 0102, lost",
      "changed task[0].files.fd_ent[8].fd_data.fname FNAME.fname: /t/gone.txt (deleted) -> /t/gone.txt, lost",
    ]);
  });

  it("another kernel", () => {
    expect(ownLines(reportOf("v9-tls1", { to: "cr-3a", kernel: "2.6.28-rc3" }))).toEqual([
      "changed head HEAD.patch: 27 -> 28, lost",
      "changed head HEAD.release: 2.6.27 -> 2.6.28-rc3, lost",
    ]);
  });

  it("undefined bytes zeroed, those of many records on one line", () => {
    const lines = ownLines(reportOf("v9-tree", { to: "cr-3a", zeroUndefined: true }));
    expect(lines.find(line => line.includes("CPU.r15"))).toMatch(/^changed task\[\*\]\.cpu CPU\.r15.* x5$/);
    expect(lines.find(line => line.includes("VMA._padding"))).toMatch(
      /^changed task\[\*\]\.mm\.vma\[0\] VMA\._padding.* x5$/,
    );
    expect(lines.filter(line => line.includes("lost"))).toEqual([]);
  });

  it("a vdso that enters the kernel another way", () => {
    const bytes = withVdso();
    const { report, bytes: result } = convertBytes(bytes, { to: "cr-2", vdso: "int80" });
    expect(ownLines(report)).toEqual([
      "changed task[0].mm.vma[0].pgarr[0].pages pages: 51 52 55 -> cd 80 c3, lost",
    ]);
    const different = [...bytes.keys()].filter(at => bytes[at] !== result[at]);
    expect(different).toEqual([0, 1, 2].map(i => bytes.indexOf(0x51) + i));
    expect([...result.subarray(different[0]!, different[0]! + 7)]).toEqual([
      0xcd, 0x80, 0xc3, 0x89, 0xe5, 0x0f, 0x34,
    ]);
  });

  it("what is whole of an image that was cut short", () => {
    const report = reportOf("v6-pipe", { to: "cr-2", partial: true });
    expect(report.lossy).toBe(true);
    expect(ownLines(report).at(-1)).toMatch(/^invented tail TAIL/);
  });
});

describe("A report stays readable", () => {
  it("with one line for what happens to many records alike", () => {
    expect(linesOf(reportOf("v13-tree", { to: "cr-3a" }))).toEqual([
      "renumbered task[*].string STRING.type: 4 -> 3 x5",
      "renumbered task[*].mm.vma[*].fname FNAME.type: 5 -> 4 x20",
      "renumbered task[*].files.fd_ent[*].fd_data.fname FNAME.type: 5 -> 4 x4",
    ]);
  });

  it("with a reason on every line", () => {
    const reports = [
      reportOf("v9-tree", { to: "cr-1", task: 162, zeroUndefined: true }),
      reportOf("v6-files", { to: "cr-3b", deleted: "create", kernel: "2.6.28", zeroUndefined: true }),
      reportOf("v6-fpu", { to: "cr-3a", xstate: 576, fpu: "init" }),
    ];
    for (const { entries } of reports) expect(entries.filter(({ why }) => why.length < 10)).toEqual([]);
  });

  it("with the paths of the second image where there are two", () => {
    const paths = reportOf("v6-twice", { to: "cr-3a" }).entries.map(({ path }) => path);
    expect(paths).toContain("head_arch");
    expect(paths).toContain("image[1].head_arch");
  });

  it("and counts what is too much to list", () => {
    const tasks = Array.from({ length: 12_000 }, (_, i) => ({ pid: i + 1, areas: [] }));
    const report = reportOf(makeImage(cr3a, { tasks }), { to: "cr-2", task: 6000 });
    expect(report.entries.length).toBeLessThan(10_100);
    expect(report.omitted).toBeGreaterThan(1900);
    expect(report.counts.dropped).toBeGreaterThanOrEqual(11_999);
  });
});

const file = { fd_type: 1, f_mode: 0xf, f_flags: 2, f_pos: 0n, isDeleted: false };

const plainModel: Omit<Model, "files" | "tasks"> = {
  salt: 1,
  objrefStep: 1,
  xstate: 512,
  xstate_bv: 3,
  pointer: false,
  runningTotals: false,
  emptyTls: false,
  strangers: [],
};

/** A task with a descriptor for each of these files. */
function taskWith(...files: readonly number[]): ModelTask {
  return {
    comm: "made\0",
    areas: [],
    hasLdt: false,
    descriptors: files.map(index => ({ step: 1, file: index, close_on_exec: 0 })),
    ntls: 0,
    used_math: 0,
    uses_debug: 0,
    vtgid: 0,
    vppid: -1,
  };
}

/** An image whose only page is a vdso as 2.6.27 has it: anonymous, VM_ALWAYSDUMP, entering the kernel by SYSENTER. */
function withVdso(): Uint8Array {
  const start = 0xb8000000;
  const chunks = [{ nr_pages: 1, addresses: [start] }];
  const bytes = makeImage(cr2, { tasks: [{ pid: 9, areas: [{ start, end: start + 0x1000, chunks }] }] });
  const flagged = withField(bytes, recordNamed(bytes, "VMA"), "vm_flags", 0x4040075n);
  const { offset, length } = recordNamed(bytes, "PGARR");
  flagged.set([0x51, 0x52, 0x55, 0x89, 0xe5, 0x0f, 0x34], offset + length + 4 + 0x414);
  return flagged;
}
