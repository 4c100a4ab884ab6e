import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { sampleBytes, samples } from "../format/samples.js";
import { seeded } from "../image/seeded.js";
import { recordNamed, withField } from "../image/splice.js";
import { projectRoot } from "../project-root.js";
import { oneIn, shareOf } from "../share.js";
import { writeBadInputs } from "./bad-inputs.js";
import { runCrimg, runEach } from "./run-crimg.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);
const tiny = "samples/cr-1/v5p2-tiny.img";
const stackTrace = /\n\s+at /;

beforeAll(() => writeBadInputs(folder));

describe.concurrent("exit codes", () => {
  test.each([
    [0, ["--version"]],
    [0, ["--help"]],
    [0, ["dump", tiny]],
    [0, ["info", tiny]],
    [0, ["formats"]],
    [0, ["completion", "fish"]],
    [1, ["dump", "samples/cr-2/v6-pipe.img"]],
    [1, ["info", "samples/cr-2/v6-pipe.img"]],
    [1, ["info", tiny, "samples/cr-2/v6-pipe.img"]],
    [1, ["dump", inFolder("text.img")]],
    [1, ["dump", inFolder("empty.img"), "--json"]],
    [1, ["info", inFolder("ckpt.img"), tiny]],
    [2, []],
    [2, ["dump"]],
    [2, ["dump", tiny, "--frobnicate"]],
    [2, ["dump", tiny, "--depth", "abc"]],
    [2, ["dump", tiny, "--image", "1"]],
    [2, ["formats", "cr-9"]],
    [3, ["dump", inFolder("missing.img")]],
    [3, ["info", tiny, inFolder("missing.img")]],
    [3, ["dump", inFolder("folder.img")]],
    [3, ["dump", tiny, "-o", inFolder("no/such/folder/dump.txt")]],
  ])("%i: crimg %j", async (status, args) => {
    const ran = await runCrimg(args);
    expect(ran.status, ran.stderr).toBe(status);
    expect(ran.stderr).not.toMatch(stackTrace);
    // Who fails says why, in lines that say who speaks. (Of an incomplete image info says so on stdout.)
    if (status !== 0 && !(ran.stdout.includes("incomplete") && args[0] === "info")) {
      expect(ran.stderr).toMatch(/^(crimg: .+\n( .+\n)*)+$/);
    }
  });
});

describe.concurrent("--output", () => {
  test("writes what stdout would have got", async () => {
    const target = inFolder("whole.txt");
    const { stdout, stderr } = await runCrimg(["dump", tiny, "--output", target]);
    expect([stdout, stderr]).toEqual(["", ""]);
    expect(readFileSync(target, "utf8")).toBe((await runCrimg(["dump", tiny])).stdout);
  });

  test("never colours a file on its own account, but does when told to", async () => {
    const target = inFolder("colours.txt");
    await runCrimg(["dump", tiny, "-o", target], { env: { FORCE_COLOR: "1" } });
    expect(readFileSync(target, "utf8")).not.toContain("\x1b");
    await runCrimg(["dump", tiny, "-o", target, "--color"]);
    expect(readFileSync(target, "utf8")).toContain("\x1b[36m");
  });

  test("of what is no image leaves no file behind, finished or not", async () => {
    const { status } = await runCrimg(["dump", inFolder("text.img"), "-o", inFolder("never.txt")]);
    expect(status).toBe(1);
    expect(readdirSync(folder).filter(name => name.includes("never"))).toEqual([]);
  });

  test("that fails keeps the file that was there", async () => {
    const target = inFolder("kept.txt");
    writeFileSync(target, "from before\n");
    const failed = await runCrimg(["dump", tiny, "--task", "1", "-o", target]);
    expect(failed.status).toBe(2);
    expect(readFileSync(target, "utf8")).toBe("from before\n");
    expect(readdirSync(folder).filter(name => name.includes("kept"))).toEqual(["kept.txt"]);
    await runCrimg(["dump", tiny, "-o", target]);
    expect(readFileSync(target, "utf8")).toContain("dialect cr-1");
  });

  test("of a damaged image is what could be read, and the exit code says that there was damage", async () => {
    const target = inFolder("damaged.txt");
    const { status } = await runCrimg(["dump", "samples/cr-2/v6-pipe.img", "-o", target]);
    expect(status).toBe(1);
    expect(readFileSync(target, "utf8")).toContain("error: the image ends without TAIL");
  });

  test("into a folder that is not there says which file cannot be written", async () => {
    const target = inFolder("no/such/folder.txt");
    const { status, stderr, stdout } = await runCrimg(["info", tiny, "-o", target]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(stderr).toMatch(/^crimg: .*no\/such\/folder\.txt: cannot write: .*\n$/);
    expect(existsSync(inFolder("no"))).toBe(false);
  });
});

describe.concurrent("colours", () => {
  const coloured = async (args: readonly string[], env: Record<string, string> = {}) =>
    (await runCrimg(["dump", tiny, ...args], { env })).stdout.includes("\x1b[");

  test.each<[boolean, string, string[], Record<string, string>]>([
    [false, "a pipe has none", [], {}],
    [true, "FORCE_COLOR asks for them", [], { FORCE_COLOR: "1" }],
    [true, "also if it is empty", [], { FORCE_COLOR: "" }],
    [false, "FORCE_COLOR=0 does not", [], { FORCE_COLOR: "0" }],
    [false, "NO_COLOR wins over FORCE_COLOR", [], { NO_COLOR: "1", FORCE_COLOR: "1" }],
    [true, "an empty NO_COLOR is none", [], { NO_COLOR: "", FORCE_COLOR: "1" }],
    [true, "--color wins over NO_COLOR", ["--color"], { NO_COLOR: "1" }],
    [false, "--no-color wins over FORCE_COLOR", ["--no-color"], { FORCE_COLOR: "1" }],
    [true, "--hex has them", ["--hex", "--color"], {}],
    [false, "JSON never", ["--jsonl", "--color"], {}],
  ])("%s: %s", async (expected, _, args, env) => {
    expect(await coloured(args, env)).toBe(expected);
  });

  test("only colour what is there without them", async () => {
    const plain = await runCrimg(["dump", "samples/cr-3a/v9-fpu.img"]);
    const colour = await runCrimg(["dump", "samples/cr-3a/v9-fpu.img", "--color"]);
    expect(colour.stdout.replaceAll(/\x1b\[\d+m/g, "")).toBe(plain.stdout);
  });
});

describe("stdin, named -", () => {
  const image = sampleBytes("cr-3a/v9-fpu.img");

  test("through a pipe", async () => {
    const ran = await runCrimg(["dump", "-", "--jsonl"], { input: image });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toBe((await runCrimg(["dump", "samples/cr-3a/v9-fpu.img", "--jsonl"])).stdout);
  });

  test("as a file", async () => {
    const stdin = join(projectRoot, "samples/cr-3a/v9-fpu.img");
    const ran = await runCrimg(["dump", "-", "--depth", "1"], { stdin });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^stdin: 18548 bytes, dialect cr-3a /m);
  });

  test("that ends too early is damage, like any other", async () => {
    const { status, stderr } = await runCrimg(["dump", "-"], { input: image.subarray(0, 3000) });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^crimg: stdin: /);
  });
});

describe("whatever the bytes are, crimg says what is wrong with them and never that it has a bug", () => {
  const seed = 20080913;

  async function expectSound(inputs: Readonly<Record<string, Uint8Array>>): Promise<void> {
    const names = Object.keys(inputs);
    for (const name of names) writeFileSync(inFolder(name), inputs[name]!);
    const commands = names.flatMap(name => [
      ["dump", inFolder(name)],
      ["dump", inFolder(name), "--hex"],
      ["info", inFolder(name), "--json"],
    ]);
    const runs = await runEach(commands);
    expect(runs).toHaveLength(commands.length);
    for (const [i, { status, stderr }] of runs.entries()) {
      const about = `crimg ${commands[i]!.join(" ")} (seed ${seed}): ${stderr}`;
      expect(stderr, about).not.toMatch(stackTrace);
      expect(stderr, about).not.toContain("bug");
      expect([0, 1], about).toContain(status);
    }
  }

  test.each(oneIn(2, samples))("$dialect/$name, cut at random places", async ({ name, dialect, bytes }) => {
    const random = seeded(seed);
    const cuts = Array.from({ length: shareOf(40, 12) }, () => random(bytes.length));
    await expectSound(
      Object.fromEntries(cuts.map(cut => [`${dialect}-${name}-${cut}.cut`, bytes.subarray(0, cut)])),
    );
  });

  test("1 KiB of anything, with and without a head before it", async () => {
    const random = seeded(seed);
    const noise = Uint8Array.from({ length: 1024 }, () => random(256));
    const head = sampleBytes("cr-2/v6-tiny.img").subarray(0, 232);
    await expectSound({ noise, "head-and-noise": Buffer.concat([head, noise]) });
  });

  test("counts that cannot be", async () => {
    const inputs: Record<string, Uint8Array> = {};
    for (const path of [
      "cr-1/v6p5-tiny.img",
      "cr-2/v6-tiny.img",
      "cr-3a/v9-tree.img",
      "cr-3b/v13-tree.img",
    ]) {
      const image = sampleBytes(path);
      const name = path.replace("/", "-");
      inputs[`${name}.nr_pages`] = withField(image, recordNamed(image, "PGARR", 3), "nr_pages", 2n ** 63n);
      inputs[`${name}.map_count`] = withField(image, recordNamed(image, "MM"), "map_count", 0xffff_ffff);
      inputs[`${name}.nldt`] = withField(image, recordNamed(image, "MM_CONTEXT"), "nldt", 0x7fff);
    }
    const tree = sampleBytes("cr-3a/v9-tree.img");
    inputs["tasks_nr"] = withField(tree, recordNamed(tree, "TREE"), "tasks_nr", 0x7fff_ffff);
    inputs["xstate_size"] = withField(tree, recordNamed(tree, "HEAD_ARCH"), "xstate_size", 0xffff);
    await expectSound(inputs);
  });
});
