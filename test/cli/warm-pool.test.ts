import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../project-root.js";
import { image } from "./to-rev-2.js";
import { runWarm } from "./warm-pool.js";
import { workplaces } from "./workplace.js";

const newWorkplace = workplaces();
const given = { cwd: projectRoot, env: {} };
const version = () => runWarm({ ...given, args: ["--version"] });

describe("a run that fails says what was printed, and the next one has a new process:", () => {
  test("one that does not end", async () => {
    const place = newWorkplace();
    const pipe = place.path("pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    const args = ["join", place.put("in.img", image), pipe, "-o", "-"];
    await expect(runWarm({ ...given, args, limit: 0.3 })).rejects.toThrow(
      `crimg ${args.join(" ")}: it does not end in 0.3 s`,
    );
    expect(await version()).toMatchObject({ status: 0, stderr: "" });
  });

  test("one that takes the process with it", async () => {
    const missing = newWorkplace().path("missing");
    const failing = runWarm({ ...given, args: ["dump", "-"], stdin: missing });
    await expect(failing).rejects.toThrow(
      /^crimg dump -: it took the warm process with it: status 1\n.*ENOENT/s,
    );
    expect(await version()).toMatchObject({ status: 0, stderr: "" });
  });
});

test("a run finds nothing of those before it", async () => {
  const place = newWorkplace();
  const args = ["dump", "-", "--depth", "0"];
  const first = await runWarm({ ...given, args, input: image });
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect((await runWarm({ ...given, args })).stderr).toContain("the input is empty");
  const stdin = place.put("in.img", image);
  const elsewhere = { args, stdin: "in.img", cwd: place.folder, env: { FORCE_COLOR: "1" } };
  const coloured = await runWarm(elsewhere);
  expect(coloured.stdout).not.toBe(first.stdout);
  expect(coloured.stdout.replaceAll(/\x1b\[\d+m/g, "")).toBe(first.stdout);
  expect((await runWarm({ ...given, args, terminal: { columns: 80 }, input: image })).stdout).toBe(
    coloured.stdout,
  );
  expect(await runWarm({ ...given, args, stdin })).toEqual(first);
});

test("what a run does not read is not in the way of the next", async () => {
  const input = Buffer.alloc(2 ** 20);
  const usage = await runWarm({ ...given, args: ["frobnicate"], input });
  expect(usage).toMatchObject({ status: 2, stdout: "" });
  expect((await runWarm({ ...given, args: ["info", "-"], input: image })).status).toBe(0);
});
