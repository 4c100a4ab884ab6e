import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { ConversionReport } from "../../src/convert/report.js";
import { dialects } from "../../src/formats/cr/dialects.js";
import { isCr } from "../../src/index.js";
import { schemaCheck } from "../dump/schema-check.js";
import { type Sample, sampleBytes, samples } from "../format/samples.js";
import { collect, records } from "../image/collect.js";
import { concat, overwritten, recordNamed } from "../image/splice.js";
import { rules } from "../verify/verifier.js";
import { type Ran, runEach } from "./run-crimg.js";
import { workplaces } from "./workplace.js";

const newWorkplace = workplaces();
const checkReport = schemaCheck("convert-report.schema.json");
const tls1 = "samples/cr-3b/v13-tls1.img";

/** What `--report` writes for each output. */
type Result = ConversionReport & { readonly image: string; readonly output: string | null };

/** The only result of a report, which is as the schema says. */
function resultOf(json: string | Uint8Array, about = "the report"): Result {
  const results = JSON.parse(Buffer.from(json).toString()) as Result[];
  checkReport(results, about);
  expect(results, about).toHaveLength(1);
  return results[0]!;
}

describe("every sample to every dialect", () => {
  const place = newWorkplace();
  const jobs = samples.flatMap(sample =>
    dialects.map(({ name: to }) => {
      const id = `${sample.name}-${to}`;
      const path = (kind: string) => place.path(`${id}.${kind}`);
      return {
        sample,
        to,
        id,
        path,
        args: ["convert", `samples/${sample.dialect}/${sample.name}`, "--to", to],
      };
    }),
  );
  type Job = (typeof jobs)[number];
  let converted: Ran[];
  let dry: Ran[];
  let lossless: Ran[];
  /** The report of each job that was not refused. */
  let reports: Map<Job, Result>;

  beforeAll(async () => {
    converted = await runEach(
      jobs.map(({ args, path }) => [...args, "-o", path("img"), "--report", path("json")]),
    );
    const before = place.contents();
    dry = await runEach(jobs.map(({ args, path }) => [...args, "--dry-run", "--report", path("dry")]));
    const { length } = Object.keys(before);
    expect(Object.keys(place.contents()).filter(name => !name.endsWith(".dry"))).toHaveLength(length);
    lossless = await runEach(
      jobs.map(({ args, path }) => [...args, "-q", "--lossless", "-o", path("whole")]),
    );
    reports = new Map(
      jobs
        .filter(({ path }) => existsSync(path("json")))
        .map(job => [job, resultOf(place.bytes(`${job.id}.json`), job.id)]),
    );
  });

  test("is converted, or refused with the reason and without a file", () => {
    const refused: string[] = [];
    for (const [i, { id, path, args }] of jobs.entries()) {
      const { status, stderr } = converted[i]!;
      if (status === 0) continue;
      refused.push(id);
      expect(status, stderr).toBe(1);
      expect(stderr).toMatch(new RegExp(`^crimg: ${args[1]}: .+\n$`));
      expect([path("img"), path("json")].some(existsSync), id).toBe(false);
    }
    const to = (name: string, ...targets: string[]) => targets.map(target => `${name}.img-${target}`);
    expect(refused).toEqual([
      ...to("v5p2-fpu", "cr-2", "cr-3a", "cr-3b"),
      ...to("v5p2-tiny", "cr-2", "cr-3a", "cr-3b"),
      ...to("v6-pipe", "cr-1", "cr-2", "cr-3a", "cr-3b"),
      ...to("v9-tree", "cr-1", "cr-2"),
      ...to("v13-tree", "cr-1", "cr-2"),
    ]);
  });

  test("becomes an image of that dialect, in which verify finds nothing wrong", async () => {
    const sense = new Set(rules.filter(({ group }) => group === "sense").map(({ id }) => id));
    const outputs = [...reports.keys()].map(({ path }) => path("img"));
    const { stdout } = await place.crimg(["verify", "--jsonl", "--severity", "error", ...outputs]);
    const verified = stdout.trim().split("\n");
    expect(verified).toHaveLength(outputs.length);
    for (const [i, { id, to }] of [...reports.keys()].entries()) {
      const { dialect, findings } = JSON.parse(verified[i]!) as {
        dialect: string;
        findings: { rule: string }[];
      };
      expect(dialect, id).toBe(to);
      expect(
        findings.filter(({ rule }) => !sense.has(rule)),
        id,
      ).toEqual([]);
    }
  });

  test("is the same bytes, if it is that dialect already", () => {
    const same = [...reports].filter(([{ sample, to }]) => sample.dialect === to);
    expect(same).toHaveLength(samples.length - 1);
    for (const [{ id, sample }, { entries, lossy }] of same) {
      expect(Buffer.compare(place.bytes(`${id}.img`), sample.bytes), id).toBe(0);
      expect({ entries, lossy }, id).toEqual({ entries: [], lossy: false });
    }
  });

  test("says what it did, and --dry-run says the same and writes nothing", () => {
    for (const [i, job] of jobs.entries()) {
      const { id, path, args, sample, to } = job;
      expect(dry[i]!.status, id).toBe(converted[i]!.status);
      const report = reports.get(job);
      if (report === undefined) {
        expect(dry[i]).toEqual(converted[i]);
        expect(existsSync(path("dry")), id).toBe(false);
        continue;
      }
      expect(report, id).toMatchObject({ image: args[1], output: path("img"), from: sample.dialect, to });
      expect(resultOf(place.bytes(`${id}.dry`), id)).toEqual({ ...report, output: null });
      // What verify says of the output follows.
      expect(converted[i]!.stderr.startsWith(dry[i]!.stderr), id).toBe(true);
      expect(converted[i]!.stderr.slice(dry[i]!.stderr.length), id).toMatch(
        new RegExp(`^${path("img")} \\(${to}\\)\n`),
      );
    }
  });

  test("with --lossless is refused exactly if something is lost", () => {
    const losers = new Set<boolean>();
    for (const [i, job] of jobs.entries()) {
      const { id, path } = job;
      const report = reports.get(job);
      const { status, stderr } = lossless[i]!;
      if (report === undefined) expect(lossless[i], id).toEqual(converted[i]);
      else if (report.lossy) {
        const { path: lost } = report.entries.find(({ loss }) => loss)!;
        expect(status, id).toBe(1);
        expect(stderr).toContain(`: something would be lost, and --lossless forbids it: ${lost}`);
      } else expect({ status, stderr }, id).toEqual({ status: 0, stderr: "" });
      expect(existsSync(path("whole")), id).toBe(report?.lossy === false);
      if (report?.lossy === false)
        expect(Buffer.compare(place.bytes(`${id}.whole`), place.bytes(`${id}.img`)), id).toBe(0);
      if (report !== undefined) losers.add(report.lossy);
    }
    // Else one half of this would have shown nothing.
    expect(losers.size).toBe(2);
  });

  test("leaves no temporary file, and the sample as it was", () => {
    const strange = Object.keys(place.contents()).filter(name => !/\.(img|json|dry|whole)$/.test(name));
    expect(strange).toEqual([]);
    for (const { dialect, name, bytes } of samples)
      expect(Buffer.compare(sampleBytes(`${dialect}/${name}`), bytes)).toBe(0);
  });
});

describe.concurrent("the report", () => {
  const args = ["convert", tls1, "--to-rev", "2"];

  test("is a file with --report, and the same on stdout with --report - and --json", async () => {
    const place = newWorkplace();
    const target = place.path("out.img");
    const run = (...more: string[]) => place.crimg([...args, "-o", target, "-q", "--force", ...more]);
    expect(await run("--report", place.path("report.json"))).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const report = resultOf(place.bytes("report.json"));
    expect(report).toMatchObject({ image: tls1, output: target, from: "cr-3b", to: "cr-2", series: "v8" });
    expect(resultOf((await run("--report", "-")).stdout)).toEqual(report);
    expect(resultOf((await run("--json")).stdout)).toEqual(report);
  });

  test("says null for an image on stdout", async () => {
    const place = newWorkplace();
    const ran = await place.crimg([...args, "-o", "-", "-q", "--report", place.path("report.json")]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(resultOf(place.bytes("report.json"))).toMatchObject({ image: tls1, output: null });
  });

  test("of stdin calls it stdin", async () => {
    const place = newWorkplace();
    const input = sampleBytes("cr-3b/v13-tls1.img");
    const ran = await place.crimg(["convert", "-", "--to-rev", "2", "-n", "--json"], { input });
    expect(resultOf(ran.stdout)).toMatchObject({ image: "stdin", output: null });
    expect(ran.stderr).toMatch(/^stdin: cr-3b to cr-2, for a v8 kernel\n/);
  });

  test("replaces one that is there", async () => {
    const place = newWorkplace();
    const report = place.put("report.json", "from before\n");
    await place.crimg([...args, "-n", "-q", "--report", report]);
    expect(resultOf(place.bytes("report.json"))).toMatchObject({ to: "cr-2" });
  });

  test("that cannot be written is an error", async () => {
    const place = newWorkplace();
    const report = place.path("no/report.json");
    const ran = await place.crimg([...args, "-n", "-q", "--report", report]);
    expect(ran).toMatchObject({
      status: 3,
      stdout: "",
      stderr: `crimg: ${report}: cannot write: no such folder\n`,
    });
    expect(place.contents()).toEqual({});
  });

  test("is not printed with --quiet, but what verify finds wrong is", async () => {
    const place = newWorkplace();
    const quiet = (name: string, ...more: string[]) =>
      place.crimg(["convert", `samples/cr-2/${name}`, "-o", place.path(name), "-q", ...more]);
    expect(await quiet("v6-tls1.img")).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const ran = await quiet("v6-pipe.img", "--partial");
    expect(ran).toMatchObject({ status: 1, stdout: "" });
    expect(ran.stderr).not.toContain("stays cr-2");
    expect(ran.stderr).toMatch(/^.*v6-pipe\.img \(cr-2\)\n {2}error {4}record-order /);
  });

  test("says nothing of the result with --no-verify, and the exit code does not, either", async () => {
    const place = newWorkplace();
    const broken = ["convert", "samples/cr-2/v6-pipe.img", "--partial", "-o", place.path("out.img")];
    const ran = await place.crimg([...broken, "--no-verify"]);
    expect(ran).toMatchObject({ status: 0, stdout: "" });
    expect(ran.stderr).not.toContain("record-order");
    expect(ran.stderr).not.toContain(place.path("out.img"));
  });
});

describe.concurrent("colours of the report", () => {
  const lossy = ["convert", "samples/cr-2/v6-fpu.img", "--to", "cr-3a", "-n"];

  test.each<[boolean, string, string[], Record<string, string>]>([
    [false, "a pipe has none", [], {}],
    [true, "FORCE_COLOR asks for them", [], { FORCE_COLOR: "1" }],
    [false, "FORCE_COLOR=0 does not", [], { FORCE_COLOR: "0" }],
    [false, "NO_COLOR wins over FORCE_COLOR", [], { NO_COLOR: "1", FORCE_COLOR: "1" }],
    [true, "--color wins over NO_COLOR", ["--color"], { NO_COLOR: "1" }],
    [false, "--no-color wins over FORCE_COLOR", ["--no-color"], { FORCE_COLOR: "1" }],
  ])("%s: %s", async (expected, _, more, env) => {
    const ran = await newWorkplace().crimg([...lossy, ...more, "--json"], { env });
    expect(ran.stderr.includes("\x1b[")).toBe(expected);
    // JSON never has them.
    expect(ran.stdout).not.toContain("\x1b");
  });

  test("only colour what is there without them, of the output, too", async () => {
    const place = newWorkplace();
    const args = ["convert", "samples/cr-2/v6-fpu.img", "--to", "cr-3a", "-fo", place.path("out.img")];
    const plain = await place.crimg(args);
    const colour = await place.crimg([...args, "--color"]);
    expect(colour.stderr).not.toBe(plain.stderr);
    expect(colour.stderr.replaceAll(/\x1b\[\d+m/g, "")).toBe(plain.stderr);
  });
});

describe.concurrent("a name cannot act on the terminal", () => {
  /** Clears the screen, rings, starts a line of its own, and is a C1 control in UTF-8. */
  const evil = "\x1b[2J\x07\r\n\u009b";
  const controls = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;
  const file = sampleBytes("cr-2/v6-files.img");
  const name = records(collect(file)).find(
    item => isCr(item, "FNAME") && item.fields.fname.includes("(deleted)"),
  )!;
  const named = overwritten(file, name.offset + 8, Buffer.from(evil));

  test.each([
    ["of a file that is dropped", ["--deleted", "drop"]],
    ["of a file that is created", ["--deleted", "create"]],
    ["of a file in what the target does not have", ["--to-rev", "1"]],
  ])("%s", async (_, more) => {
    const place = newWorkplace();
    const input = place.put("in.img", named);
    const ran = await place.crimg(["convert", input, "-n", "--json", ...more]);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain("\\x1b[2J");
    expect(ran.stderr).not.toMatch(controls);
    // JSON has escapes of its own, and says what the name is.
    const texts = resultOf(ran.stdout).entries.flatMap(({ old, new: now }) => [old, now]);
    expect(texts.some(text => text?.startsWith(evil))).toBe(true);
  });

  test("of a descriptor that is invented", async () => {
    const args = ["convert", "samples/cr-1/v6p5-tls1.img", "--to-rev", "2", "-n", "--fd", `0=/${evil}`];
    const ran = await newWorkplace().crimg(args);
    expect(ran).toMatchObject({ status: 0, stdout: "" });
    expect(ran.stderr).toContain("/\\x1b[2J");
    expect(ran.stderr).not.toMatch(controls);
  });

  test("of the input, the output and the report", async () => {
    const place = newWorkplace();
    const input = place.put(`in${evil}.img`, named);
    const target = place.path(`out${evil}.img`);
    const good = await place.crimg(["convert", input, "-o", target]);
    const refused = await place.crimg(["convert", input, "-o", target]);
    const noReport = await place.crimg(["convert", input, "-n", "--report", place.path(`${evil}/r.json`)]);
    const noDialect = await place.crimg(["convert", input, "--to", evil, "-n"]);
    expect([good, refused, noReport, noDialect].map(({ status }) => status)).toEqual([0, 3, 3, 2]);
    for (const { stderr } of [good, refused, noReport, noDialect]) {
      expect(stderr).toContain("\\x1b[2J");
      expect(stderr).not.toMatch(controls);
    }
  });
});

describe.concurrent("of several images in a file", () => {
  const twice = sampleBytes("cr-2/v6-twice.img");
  const half = twice.length / 2;
  const input = "samples/cr-2/v6-twice.img";

  test("each is converted", async () => {
    const place = newWorkplace();
    const to = (name: string, ...more: string[]) =>
      place.crimg(["convert", input, "--to", "cr-3a", "-o", place.path(name), "-q", ...more]);
    const runs = await Promise.all([
      to("both.img", "--report", place.path("report.json")),
      to("first.img", "--image", "0"),
      to("second.img", "--image", "1"),
    ]);
    for (const ran of runs) expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(resultOf(place.bytes("report.json")).images).toBe(2);
    expect(place.bytes("both.img")).toEqual(concat(place.bytes("first.img"), place.bytes("second.img")));
    const [first, second] = records(collect(place.bytes("both.img"))).filter(({ name }) => name === "HEAD");
    expect([first!.image.dialect.name, second!.image.dialect.name]).toEqual(["cr-3a", "cr-3a"]);
  });

  test.each([
    ["--image 0", ["--image", "0"], twice.subarray(0, half)],
    ["--image 1", ["--image", "1"], twice.subarray(half)],
    ["--at", ["--at", String(half)], twice.subarray(half)],
    ["--at 0x", ["--at", `0x${half.toString(16)}`], twice.subarray(half)],
  ])("%s cuts out one", async (_, more, expected) => {
    const place = newWorkplace();
    const ran = await place.crimg(["convert", input, "-o", place.path("out.img"), "-q", ...more]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(place.bytes("out.img")).toEqual(expected);
  });

  test("--at takes one out of a file of something else, and only that", async () => {
    const place = newWorkplace();
    const image = sampleBytes("cr-3b/v13-tls1.img");
    const around = (length: number) => new Uint8Array(length).fill(0x5a);
    const disk = place.put("disk.bin", concat(around(5000), image, around(70_000)));
    const ran = await place.crimg(["convert", disk, "--at", "5000", "-o", place.path("out.img"), "-q"]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(place.bytes("out.img").subarray(0, image.length)).toEqual(image);
    expect(place.bytes("out.img")).toHaveLength(image.length);
  });
});

describe.concurrent("options reach the image", () => {
  const place = newWorkplace();

  /** The records of what becomes of a sample. */
  async function recordsOf(sample: Sample["name"], ...more: string[]) {
    const target = `${sample.replace("/", "-")}${more.join("")}.out`.replaceAll(/[^\w.-]/g, "_");
    const ran = await place.crimg(["convert", `samples/${sample}`, "-o", place.path(target), "-q", ...more]);
    expect(ran.stderr).toBe("");
    return records(collect(place.bytes(target)));
  }

  test("--kernel", async () => {
    const [head] = await recordsOf("cr-3b/v13-tls1.img", "--kernel", "2.6.29-rc3-cr");
    expect(head!.fields).toMatchObject({ major: 2, minor: 6, patch: 29, release: "2.6.29-rc3-cr" });
  });

  test("--fd, in ascending order", async () => {
    const found = await recordsOf(
      "cr-1/v6p5-tls1.img",
      ...["--to-rev", "2", "--fd", "2=/dev/null", "--fd", "0=/t/in", "--fd", "1=/t/a=b"],
    );
    const fds = found.flatMap(item => (item.name === "FD_ENT" ? [item.fields.fd] : []));
    expect(fds).toEqual([0, 1, 2]);
    const names = found.flatMap(item =>
      item.name === "FNAME" && item.path.includes("files") ? [item.fields.fname] : [],
    );
    expect(names).toEqual(["/t/in\0", "/t/a=b\0", "/dev/null\0"]);
  });

  test("--repair, all of them or those that are named, and the file that follows is a file", async () => {
    const emptyTls = (bytes: Uint8Array) =>
      collect(bytes).items.some(item => item.kind === "raw" && item.name === "tls");
    const run = (name: string, ...more: string[]) =>
      place.crimg(["convert", ...more, "samples/cr-2/v6-tiny.img", "-o", place.path(name), "-q"]);
    await run("all.img", "--repair");
    await run("tls.img", "--repair=tls");
    await run("others.img", "--repair=chunks,fpu");
    expect(emptyTls(place.bytes("all.img"))).toBe(false);
    expect(emptyTls(place.bytes("tls.img"))).toBe(false);
    expect(place.bytes("others.img")).toEqual(sampleBytes("cr-2/v6-tiny.img"));
  });

  test("--deleted", async () => {
    const dropped = await recordsOf("cr-2/v6-files.img", "--deleted", "drop");
    expect(dropped.filter(({ name }) => name === "FD_ENT")).toHaveLength(11);
    const created = await recordsOf("cr-2/v6-files.img", "--deleted", "create");
    const names = created.flatMap(item => (item.name === "FNAME" ? [item.fields.fname] : []));
    expect(names).toContain("/t/gone.txt\0");
  });

  test("--fpu", async () => {
    const used = async (...more: string[]) => {
      const found = await recordsOf("cr-2/v6-fpu.img", "--repair", ...more);
      return found.flatMap(item => (item.name === "CPU" ? [item.fields.used_math] : []));
    };
    expect(await used()).toEqual([0]);
    expect(await used("--fpu", "init")).toEqual([1]);
    expect(await used("--fpu", "asis")).toEqual([1]);
  });

  test("--xstate", async () => {
    const found = await recordsOf("cr-3b/v13-xsave-fpu.img", "--xstate", "512");
    expect(found.find(({ name }) => name === "HEAD_ARCH")!.fields).toMatchObject({ xstate_size: 512 });
  });

  test("--task and --ppid", async () => {
    const found = await recordsOf("cr-3b/v13-tree.img", "--task", "172");
    expect(found.flatMap(item => (isCr(item, "MM") ? [item.header.parent] : []))).toEqual([172]);
    await recordsOf("cr-2/v6-tls1.img", "--to-rev", "3", "--ppid", "77");
    const pids = place.bytes("cr-2-v6-tls1.img--to-rev3--ppid77.out");
    const { offset, length } = recordNamed(pids, "TREE");
    expect(new DataView(pids.buffer).getInt32(offset + length + 8, true)).toBe(77);
  });

  test("--zero-undefined", async () => {
    const padding = (bytes: Uint8Array) => {
      const found = recordNamed(bytes, "VMA");
      return "_padding" in found.fields ? found.fields._padding : undefined;
    };
    expect(padding(sampleBytes("cr-2/v6-files.img"))).toBe(7);
    await recordsOf("cr-2/v6-files.img", "--zero-undefined");
    expect(padding(place.bytes("cr-2-v6-files.img--zero-undefined.out"))).toBe(0);
  });
});
