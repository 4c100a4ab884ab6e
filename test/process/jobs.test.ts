import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { sampleBytes, samples } from "../format/samples.js";
import { concat } from "../image/splice.js";
import { oneIn, shareOf } from "../share.js";
import { type Spawned, spawnCrimg } from "./spawn-crimg.js";

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);
const tiny = "samples/cr-1/v5p2-tiny.img";

describe.concurrent("--jobs", () => {
  const files = samples.map(({ dialect, name }) => `samples/${dialect}/${name}`);
  // The first takes longest, so that the others are ready before their turn.
  const large = inFolder("large.img");

  const inputs = () => [large, ...files, inFolder("missing.img"), "samples", ...files];
  const commands = { verify: ["verify", "--jsonl"], info: ["info"] } as const;
  /** What each command prints without --jobs. */
  const alone = new Map<string, Spawned>();

  beforeAll(async () => {
    const tree = sampleBytes("cr-3a/v9-tree.img");
    writeFileSync(large, concat(...Array.from({ length: shareOf(60, 3) }, () => tree)));
    for (const [name, args] of Object.entries(commands))
      alone.set(name, await spawnCrimg([...args, ...inputs()]));
  });

  test.each([
    ...oneIn(5, ["2", "1", "7", "0x40", "100000"]).map(count => [count, "verify"] as const),
    ["3", "info"] as const,
  ])("%s of %s: the same output in the same order", async (count, name) => {
    const together = await spawnCrimg([...commands[name], ...inputs(), "--jobs", count]);
    expect(together.status).toBe(3);
    expect(together).toEqual(alone.get(name));
    for (const file of files) expect(together.stdout.split(file).length).toBeGreaterThanOrEqual(3);
  });

  test("with one file, and with none that can be read", async () => {
    const args = (path: string) => ["verify", path, "--jobs", "4"];
    expect(await spawnCrimg(args(tiny))).toEqual(await spawnCrimg(["verify", tiny]));
    expect((await spawnCrimg(args(inFolder("missing.img")))).status).toBe(3);
  });

  // Breaks something that every worker needs, and nothing that the main thread does.
  const sabotage = (how: string) => [
    "--import",
    `data:text/javascript,${encodeURIComponent(
      `import { isMainThread } from "node:worker_threads";
       if (!isMainThread) { ${how} }`,
    )}`,
  ];

  test.each([
    ["meets a bug", "DataView.prototype.getUint32 = undefined;"],
    ["ends", "setTimeout(() => process.exit(0), 0);"],
    ["cannot start", "throw new Error('no start');"],
  ])("a worker that %s ends the run: it does not hang", async (_, how) => {
    const args = ["verify", "--jobs", "2", ...files];
    const ran = await spawnCrimg(args, { nodeArguments: sabotage(how) });
    expect(ran.status, ran.stderr).toBe(70);
    expect(ran.stderr).toMatch(/^crimg: this is a bug in crimg: .+\n$/);
  });

  test("a reader that goes away ends it quietly", async () => {
    const many = Array.from({ length: 40 }, () => files).flat();
    const args = ["verify", "--jsonl", "--jobs", "2", ...many];
    const ran = await spawnCrimg(args, { closeEarly: true });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
  });
});
