import { mkdirSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sampleBytes } from "../format/samples.js";
import { pids, places, toRev2, tree } from "./to-rev-2.js";
import type { Workplace } from "./workplace.js";

const { withImage } = places();

describe.concurrent("--split", () => {
  const split = (place: Workplace, ...more: string[]) =>
    toRev2(place, "--split", place.path("tasks"), ...more);

  test("makes the folder, with a file for each task: what --task gives", async () => {
    const place = withImage(tree);
    const ran = await place.crimg(split(place, "-q"));
    expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(readdirSync(place.path("tasks")).sort()).toEqual(pids.map(pid => `in-${pid}.img`));
    const one = (pid: number) =>
      place.crimg(toRev2(place, "--task", String(pid), "-o", place.path(`${pid}.img`), "-q"));
    for (const alone of await Promise.all(pids.map(one)))
      expect(alone).toMatchObject({ status: 0, stderr: "" });
    for (const pid of pids) expect(place.bytes(`tasks/in-${pid}.img`)).toEqual(place.bytes(`${pid}.img`));
  });

  test("takes a folder that is there, and leaves what is in it", async () => {
    const place = withImage(tree);
    mkdirSync(place.path("tasks"));
    place.put("tasks/other.txt", "mine\n");
    expect((await place.crimg(split(place, "-q"))).status).toBe(0);
    expect(readdirSync(place.path("tasks"))).toHaveLength(pids.length + 1);
  });

  test("refuses all tasks if one of its files is there already", async () => {
    const place = withImage(tree);
    mkdirSync(place.path("tasks"));
    const third = place.put("tasks/in-172.img", "from before\n");
    const before = place.contents();
    expect(await place.crimg(split(place, "-q"))).toMatchObject({
      status: 3,
      stdout: "",
      stderr: `crimg: ${third}: cannot write: is there already; --force replaces it\n`,
    });
    expect(place.contents()).toEqual(before);
  });

  test("replaces them with --force", async () => {
    const place = withImage(tree);
    mkdirSync(place.path("tasks"));
    place.put("tasks/in-172.img", "from before\n");
    expect((await place.crimg(split(place, "-q", "--force"))).status).toBe(0);
    expect(readdirSync(place.path("tasks"))).toHaveLength(pids.length);
    expect(place.bytes("tasks/in-172.img").length).toBeGreaterThan(20_000);
  });

  test("reports every file that it wrote", async () => {
    const place = withImage(tree);
    const { stdout } = await place.crimg(split(place, "-q", "--json"));
    const outputs = (JSON.parse(stdout) as { output: string }[]).map(({ output }) => output);
    expect(outputs).toEqual(pids.map(pid => place.path(`tasks/in-${pid}.img`)));
  });

  test.each([
    ["with --dry-run", 0, ["--dry-run", "-q"]],
    ["if something would be lost, with --lossless", 1, ["--lossless"]],
    ["if the kernel's version is none", 2, ["--kernel", "2.6"]],
  ])("makes no folder %s", async (_, status, more) => {
    const place = withImage(tree);
    const before = place.contents();
    const ran = await place.crimg(split(place, ...more));
    expect(place.contents()).toEqual(before);
    expect(ran).toMatchObject({ status, stdout: "" });
  });

  test("into what is no folder", async () => {
    const place = withImage(tree);
    place.put("tasks", "a file\n");
    const before = place.contents();
    const ran = await place.crimg(split(place));
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(/^crimg: .*\/tasks\b.*: cannot .*\n$/);
    expect(place.contents()).toEqual(before);
  });

  test("of an image without memory is refused: there is no task to take out", async () => {
    const place = withImage(sampleBytes("cr-1/v5p2-tiny.img"));
    const before = place.contents();
    expect(
      await place.crimg(["convert", place.path("in.img"), "--split", place.path("tasks")]),
    ).toMatchObject({
      status: 1,
      stderr: `crimg: ${place.path("in.img")}: no task of the image has memory to take out\n`,
    });
    expect(place.contents()).toEqual(before);
  });
});
