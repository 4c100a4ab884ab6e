import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { schemaCheck } from "../dump/schema-check.js";
import { sampleBytes, samples } from "../format/samples.js";
import { seeded } from "../image/seeded.js";
import { shareOf } from "../share.js";
import { writeBadInputs } from "./bad-inputs.js";
import { runCrimg, runEach } from "./run-crimg.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);
const tiny = "samples/cr-1/v5p2-tiny.img";

beforeAll(() => {
  writeBadInputs(folder);
  mkdirSync(inFolder("tree/b/empty"), { recursive: true });
  writeFileSync(inFolder("tree/a b%é.img"), sampleBytes("cr-2/v6-pipe.img"));
  writeFileSync(inFolder("tree/b/c.img"), sampleBytes("cr-1/v5p2-tiny.img"));
  symlinkSync("..", inFolder("tree/b/up"));
  symlinkSync("loop", inFolder("loop"));
});

/** What `--jsonl` printed. */
function reports(stdout: string): { image: string; findings: unknown[]; verdict: { returns: number } }[] {
  return stdout
    .split("\n")
    .filter(line => line !== "")
    .map(line => JSON.parse(line));
}

describe.concurrent("exit codes of verify", () => {
  test.each([
    [0, [tiny]],
    [0, ["samples/cr-2/v6-tiny.img"]],
    [0, ["--rules"]],
    [0, ["--rules", "--json"]],
    [1, ["samples/cr-2/v6-tiny.img", "--strict"]],
    [0, ["samples/cr-2/v6-ldt.img", "--strict"]],
    [1, ["samples/cr-2/v6-pipe.img"]],
    [1, [tiny, "samples/cr-2/v6-pipe.img", tiny, "--quiet"]],
    [1, ["samples/cr-2/v6-pipe.img", "--max", "0"]],
    [1, [inFolder("text.img")]],
    [1, ["/dev/null"]],
    [2, []],
    [2, [inFolder("missing.img"), "--series", "v7"]],
    [2, [tiny, "--jobs", "0"]],
    [2, [tiny, "--image", "1"]],
    [3, [inFolder("missing.img")]],
    [3, [inFolder("missing.img"), "samples/cr-2/v6-pipe.img"]],
    [3, ["samples"]],
    [3, ["-r", inFolder("loop")]],
    [3, ["-r", inFolder("tree/b/empty")]],
    [3, [tiny, "-o", inFolder("no/such/folder.txt")]],
  ])("%i: crimg verify %j", async (status, args) => {
    const ran = await runCrimg(["verify", ...args]);
    expect(ran.status, ran.stderr).toBe(status);
    if (status < 2) expect(ran.stderr).toBe("");
    else expect(ran.stderr).toMatch(/^(crimg: (?!this is a bug).+\n)+$/);
    if (args.includes("--quiet")) expect(ran.stdout).toBe("");
  });
});

describe.concurrent("what verify prints for programs is as the schemas say", () => {
  const files = samples.map(({ dialect, name }) => `samples/${dialect}/${name}`);

  test("--json, --jsonl and --rules --json", async () => {
    const damaged = ["text.img", "empty.img", "cut-in-vma.img", "nr-pages.img", "refused-task.img"].map(
      inFolder,
    );
    const images = [...files, ...damaged];
    const list = JSON.parse((await runCrimg(["verify", "--json", ...images])).stdout);
    schemaCheck("verify.schema.json")(list, "verify --json");
    const lines = reports((await runCrimg(["verify", "--jsonl", ...images])).stdout);
    expect(lines).toEqual(list);
    expect(lines.map(({ image }) => image)).toEqual(images);
    const rules = JSON.parse((await runCrimg(["verify", "--rules", "--json"])).stdout);
    schemaCheck("rules.schema.json")(rules, "verify --rules --json");
  });

  test("--sarif names each file by its URI, and those that could not be read", async () => {
    const args = ["verify", "--sarif", "-r", inFolder("tree"), inFolder("missing.img")];
    const { stdout, stderr, status } = await runCrimg(args);
    expect(status).toBe(3);
    expect(stderr).toMatch(/missing\.img: cannot open: no such file\n$/);
    const [run] = JSON.parse(stdout).runs;
    const uris = run.results.map(
      (result: { locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] }) =>
        result.locations[0].physicalLocation.artifactLocation.uri,
    );
    expect(uris).toEqual([`file://${folder}/tree/a%20b%25%C3%A9.img`]);
    expect(run.invocations[0].executionSuccessful).toBe(false);
    expect(run.invocations[0].toolExecutionNotifications).toHaveLength(1);
  });

  test("--output gets what stdout would have got, and stdout nothing", async () => {
    for (const view of ["--json", "--jsonl", "--sarif", "--no-color"]) {
      const target = inFolder(`report${view}`);
      const ran = await runCrimg(["verify", view, tiny, "samples/cr-2/v6-tiny.img", "-o", target]);
      expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
      const { stdout } = await runCrimg(["verify", view, tiny, "samples/cr-2/v6-tiny.img"]);
      expect(readFileSync(target, "utf8")).toBe(stdout);
    }
  });
});

describe.concurrent("files that verify finds", () => {
  test("in folders, in order of name, without following links", async () => {
    const { stdout } = await runCrimg(["verify", "--jsonl", "-r", inFolder("tree")]);
    expect(reports(stdout).map(({ image }) => image)).toEqual([
      inFolder("tree/a b%é.img"),
      inFolder("tree/b/c.img"),
    ]);
  });

  test("on stdin, through a pipe and as a file", async () => {
    const named = reports((await runCrimg(["verify", "--jsonl", "samples/cr-3b/v13-tree.img"])).stdout);
    const input = sampleBytes("cr-3b/v13-tree.img");
    const piped = reports((await runCrimg(["verify", "--jsonl", "-"], { input })).stdout);
    expect(piped).toEqual(named.map(report => ({ ...report, image: "stdin" })));
  });

  test("--missing takes one name, and the image after it is an image", async () => {
    const args = ["verify", "--jsonl", "--missing", "/bin/ckpt", "--missing", "/none"];
    const [report] = reports((await runCrimg([...args, "samples/cr-2/v6-tls1.img"])).stdout);
    expect(report!.verdict.returns).toBe(-2);
  });
});

describe.concurrent("colours and progress", () => {
  test("colours only say again what is there without them", async () => {
    const args = [
      "verify",
      "samples/cr-2/v6-tiny.img",
      inFolder("nr-pages.img"),
      inFolder("refused-task.img"),
    ];
    const [plain, colour] = await Promise.all([runCrimg(args), runCrimg([...args, "--color"])]);
    expect(colour.stdout).not.toBe(plain.stdout);
    expect(colour.stdout.replaceAll(/\x1b\[\d+m/g, "")).toBe(plain.stdout);
  });

  test("there is no progress line where nobody sees it", async () => {
    const { stderr } = await runCrimg(["verify", tiny, tiny, tiny]);
    expect(stderr).toBe("");
  });

  test("a file name cannot act on the terminal", async () => {
    const name = inFolder("\x1b[31m\nred.img");
    writeFileSync(name, sampleBytes("cr-1/v5p2-tiny.img"));
    const { stdout } = await runCrimg(["verify", name, "--no-color"]);
    expect(stdout).not.toContain("\x1b");
    expect(stdout.split("\n")[0]).toContain("\\x1b[31m\\nred.img (cr-1)");
  });
});

describe("whatever the bytes are, verify reports and never says that it has a bug", () => {
  const seed = 20090105;

  test("samples cut, flipped and overwritten at random places", async () => {
    const random = seeded(seed);
    const names: string[] = [];
    for (const { name, dialect, bytes } of samples) {
      for (let i = 0; i < shareOf(8, 4); i++) {
        const at = random(bytes.length);
        const changed = Uint8Array.from(bytes.subarray(0, i % 2 === 0 ? at + 1 : bytes.length));
        changed[at] = random(256);
        const path = inFolder(`${dialect}-${name}-${i}.damaged`);
        writeFileSync(path, changed);
        names.push(path);
      }
    }
    const runs = await runEach(
      names.flatMap(name => [
        ["verify", name],
        ["verify", "--sarif", name],
      ]),
    );
    expect(runs).toHaveLength(2 * names.length);
    for (const [i, { status, stderr }] of runs.entries()) {
      const about = `${names[i >> 1]} (seed ${seed}): ${stderr}`;
      expect(stderr, about).toBe("");
      expect([0, 1], about).toContain(status);
    }
  });
});
