import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Verdict } from "../../src/formats/verify-facet.js";
import { openImage } from "../../src/index.js";
import { bytesSource, type SyncSource } from "../../src/source/source.js";
import type { VerifyOptions } from "../../src/verify/verify.js";
import { walkSync } from "../engines.js";
import { concat, recordNamed, withField } from "../image/splice.js";
import { compare } from "../verdicts/compare.js";
import { rows } from "../verdicts/rows.js";
import { reportOf } from "./report-of.js";
import { verifySync } from "./verifier.js";

const samples = new URL("../../samples/", import.meta.url);
const sample = (name: string) => new Uint8Array(readFileSync(new URL(name, samples)));

function verdictOf(bytes: Uint8Array, options: VerifyOptions): Verdict {
  const verification = verifySync(bytesSource(bytes), options);
  for (let step = verification.next(); ; step = verification.next())
    if (step.done) return step.value.verdict!;
}

describe("what a booted kernel answered, the model answers", () => {
  const all = rows();

  test("every row of the tables has its image", () => {
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter(({ bytes }) => bytes === undefined).map(({ name }) => name)).toEqual([]);
  });

  for (const group of [...new Set(all.map(row => row.group))]) {
    test(`${group}: all but what depends on stale kernel memory, and that says so`, () => {
      const unexplained = all
        .filter(row => row.group === group && row.excuse === undefined)
        .flatMap(row => {
          const verdict = verdictOf(row.bytes, { ...row.options, series: row.series });
          const difference = compare(row.expected, verdict);
          const stale = verdict.depends.some(text => text.startsWith("stale kernel memory"));
          return difference === undefined || stale ? [] : [`${row.name}: ${difference}`];
        });
      expect(unexplained).toEqual([]);
    });

    test(`${group}: few rows need that excuse`, () => {
      const excused = all.filter(
        row =>
          row.group === group &&
          compare(row.expected, verdictOf(row.bytes, { ...row.options, series: row.series })) !== undefined,
      );
      expect(
        excused.map(({ name }) => name).filter(name => !/^trunc_[1-7]$|^v9.tree on k-v9$/.test(name)),
      ).toEqual([]);
    });
  }
});

describe("where the restarted task died of signal 11, its FPU state was taken for a pointer", () => {
  // sys_restart had said 0: the verdict is of its reads and checks, what comes after is a finding.
  const died = rows().filter(({ death }) => death === "signal 11");

  test("on v6, of its own image and of v8's", () => {
    expect(died.map(({ name }) => name)).toEqual(["v6/fpu on k-v6nd", "v8/fpu on k-v6nd"]);
  });

  test.each(died)("$name", ({ name, bytes, options, series, expected }) => {
    const { findings, report } = reportOf(bytes, { ...options, series });
    expect(report.verdict).toMatchObject({ series: "v6", returns: 0, position: expected.position });
    const said = findings.filter(({ path }) => path === "task[0].cpu");
    // Its own holds the pointer, of a kernel that is gone.
    const rule = name.startsWith("v8/") ? "fpu-as-pointer" : "fpu-pointer";
    expect(said.map(finding => finding.rule)).toEqual([rule]);
  });

  test("on no other kernel", () => {
    const asked = ["v5p2", "v6p5", "v8", "v9", "v13", undefined];
    for (const series of asked) {
      const { findings } = reportOf(sample("cr-2/v8-fpu.img"), series === undefined ? {} : { series });
      expect(findings).toEqual([]);
    }
  });

  test("in each image of a file, for the series that was asked for", () => {
    const twice = concat(sample("cr-2/v8-fpu.img"), sample("cr-2/v8-fpu.img"));
    const { findings } = reportOf(twice, { series: "v6" });
    const said = findings.filter(({ rule }) => rule === "fpu-as-pointer");
    expect(said.map(({ path, severity }) => [path, severity])).toEqual([
      ["task[0].cpu", "error"],
      ["image[1].task[0].cpu", "error"],
    ]);
  });
});

describe("an intact image is answered as its own kernel answered it", () => {
  // From the record of each image: what sys_restart of the same kernel returned, and where.
  const answers: Record<string, readonly [returns: number, position: number]> = {
    "cr-1/v5p2-tiny.img": [0, 304],
    "cr-1/v6p5-maps.img": [0, 150454],
    "cr-1/v6p5-tiny.img": [-22, 17440],
    "cr-1/v6p5-tls1.img": [0, 22364],
    "cr-2/v6-files.img": [-22, 9862],
    "cr-2/v6-fpu.img": [0, 10300],
    "cr-2/v6-ldt.img": [0, 14396],
    "cr-2/v6-maps.img": [0, 142476],
    "cr-2/v6-pipe.img": [-22, 17678],
    "cr-2/v6-tiny.img": [-22, 13578],
    "cr-2/v6-tls1.img": [0, 10302],
    "cr-2/v8-ext_victim.img": [0, 80102],
    "cr-2/v8-files.img": [-22, 22162],
    "cr-2/v8-fpu.img": [0, 14400],
    "cr-2/v8-tls1.img": [0, 22602],
    "cr-3a/v9-fpu.img": [0, 18548],
    "cr-3a/v9-ldt.img": [0, 22132],
    "cr-3a/v9-maps.img": [0, 154328],
    "cr-3a/v9-tls1.img": [0, 13938],
    "cr-3b/v13-files.img": [-22, 22210],
    "cr-3b/v13-fpu.img": [0, 18548],
    "cr-3b/v13-ldt.img": [0, 26232],
    "cr-3b/v13-maps.img": [0, 150228],
    "cr-3b/v13-tiny.img": [0, 22114],
    "cr-3b/v13-tls1.img": [0, 18038],
    "cr-3b/v13-tree.img": [0, 121696],
    "cr-3b/v13-xsave-fpu.img": [0, 18612],
  };
  test.each(Object.entries(answers))("%s", (name, [returns, position]) => {
    expect(verdictOf(sample(name), {})).toMatchObject({ returns, position });
  });
});

test("another CPU, another version, a missing file: each is refused where the kernel refused it", () => {
  const xsave = sample("cr-3b/v13-xsave-fpu.img");
  const pentium3 = { has_fxsr: 1, has_xsave: 0, xstate_size: 512 };
  expect(verdictOf(xsave, { fpu: pentium3 })).toMatchObject({ returns: -22, position: 248, visible: true });
  const v6 = sample("cr-2/v6-tls1.img");
  expect(verdictOf(v6, { kernel: [2, 6, 28] })).toMatchObject({ returns: -22, position: 232, visible: true });
  expect(verdictOf(v6, { exists: path => path !== "/bin/ckpt" })).toMatchObject({
    returns: -2,
    errno: "ENOENT",
    position: 466,
    visible: false,
  });
});

describe("a tree of no tasks: pids of 0 bytes, since 16 times tasks_nr is 0 in 32 bits", () => {
  const counts = [0, 0x80000000];
  const withTasks = (name: string, count: number) => {
    const bytes = sample(name);
    return withField(bytes, recordNamed(bytes, "TREE"), "tasks_nr", count);
  };
  // As measured: cr3b-measured.md, note 11.
  test.each(counts)("v9 reads on, finds no record at 264 and refuses it (tasks_nr %i)", count => {
    expect(verdictOf(withTasks("cr-3a/v9-tls1.img", count), {})).toMatchObject({
      series: "v9",
      returns: -22,
      errno: "EINVAL",
      waits: false,
      position: 272,
      visible: true,
    });
  });

  test.each(counts)("v13 waits for ever (tasks_nr %i)", count => {
    expect(verdictOf(withTasks("cr-3b/v13-tls1.img", count), {})).toMatchObject({
      series: "v13",
      returns: -512,
      waits: true,
      position: 264,
      visible: false,
    });
  });

  test("and the finding says what its kernel does", () => {
    const said = (name: string) =>
      reportOf(withTasks(name, 0)).findings.flatMap(({ rule, message }) =>
        rule === "tasks-nr" ? [message] : [],
      );
    expect(said("cr-3a/v9-tls1.img")).toEqual(["tasks_nr is 0: v9 takes what follows for its first task"]);
    expect(said("cr-3b/v13-tls1.img")).toEqual(["tasks_nr is 0: the restart would wait for ever"]);
  });
});

test("the series is the one that the image shows, or the one asked for", () => {
  expect(verdictOf(sample("cr-1/v5p2-tiny.img"), {}).series).toBe("v5p2");
  expect(verdictOf(sample("cr-1/v6p5-tls1.img"), {}).series).toBe("v6p5");
  expect(verdictOf(sample("cr-2/v6-fpu.img"), {}).series).toBe("v6");
  expect(verdictOf(sample("cr-3a/v9-tls1.img"), { series: "v13" })).toMatchObject({
    series: "v13",
    returns: -22,
  });
});

describe("what answers later is judged as bytes are", () => {
  const names = readdirSync(samples, { recursive: true, encoding: "utf8" }).filter(name =>
    name.endsWith(".img"),
  );
  test.each(names.sort())("%s", async name => {
    const bytes = sample(name);
    const [whole, later] = [verifySync(bytesSource(bytes)), (await openImage(new Blob([bytes]))).findings()];
    for (;;) {
      const [a, b] = [whole.next(), await later.next()];
      expect(b).toEqual(a);
      if (a.done) break;
    }
  });
});

test("a stream is refused: a restart may have to be begun anew", async () => {
  async function* chunks() {
    yield sample("cr-2/v6-tls1.img");
  }
  await expect((await openImage(chunks())).verify()).rejects.toMatchObject({ code: "usage" });
});

/** The source, and how many bytes were read of it. */
function counted(bytes: Uint8Array): SyncSource & { readonly bytesRead: number } {
  const source = bytesSource(bytes);
  let bytesRead = 0;
  return {
    ...source,
    get bytesRead() {
      return bytesRead;
    },
    read(offset, length) {
      const found = source.read(offset, length);
      bytesRead += found.length;
      return found;
    },
  };
}

describe("the restart reads along with the walk", () => {
  const readFor = (work: (source: SyncSource) => Iterable<unknown>) => {
    const source = counted(sample("cr-3b/v13-tree.img"));
    for (const _ of work(source));
    return source.bytesRead;
  };
  test("so that nothing is read twice", () => {
    expect(readFor(source => verifySync(source))).toBe(readFor(source => walkSync(source)));
  });

  test("and alone, from the beginning, where the image turns out to be of another series", () => {
    const source = counted(sample("cr-2/v6-fpu.img"));
    const verification = verifySync(source);
    let step = verification.next();
    while (!step.done) step = verification.next();
    expect(step.value.verdict).toMatchObject({ series: "v6", returns: 0 });
    expect(source.bytesRead).toBeLessThanOrEqual(2 * 10300);
  });
});

describe("descriptors without end", () => {
  // FD_ENT[0] and its file are followed by N more descriptors of the same file, each with a number of its own.
  function withDescriptors(count: number): Uint8Array {
    const bytes = sample("cr-2/v6-tls1.img");
    const [files, firstEnt, secondEnt, thread] = [0x2400, 0x2410, 0x2456, 0x24ee];
    const entry = bytes.subarray(firstEnt, firstEnt + 24);
    const made = new Uint8Array(secondEnt + 24 * count + (bytes.length - thread));
    made.set(bytes.subarray(0, secondEnt));
    const view = new DataView(made.buffer);
    view.setUint32(files + 12, count + 1, true);
    for (let i = 0; i < count; i++) {
      const at = secondEnt + 24 * i;
      made.set(entry, at);
      view.setInt32(at + 12, i + 1, true);
    }
    made.set(bytes.subarray(thread), secondEnt + 24 * count);
    return made;
  }

  test("as many as a process may have are restored", () => {
    const made = withDescriptors(1000);
    expect(verdictOf(made, {})).toMatchObject({ returns: 0, position: made.length });
  });

  test("one more is refused, which shows as the next record being none that is wanted", () => {
    const at = 0x2456 + 24 * 1023;
    expect(verdictOf(withDescriptors(50_000), {})).toMatchObject({
      returns: -22,
      position: at + 24 + 8,
      visible: false,
    });
  });
});
