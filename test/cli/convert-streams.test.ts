import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { spawnProcess } from "../process/spawn-crimg.js";
import { crimgPath } from "../project-root.js";
import { writeHugeImage } from "./huge-image.js";
import { converted, image, pids, places, toRev2, tree } from "./to-rev-2.js";
import type { Workplace } from "./workplace.js";

const { newWorkplace, withImage } = places();

describe.concurrent("stdin, named -", () => {
  const fromStdin = (...more: string[]) => ["convert", "-", "--to-rev", "2", "-q", ...more];

  test("through a pipe gives what the file gives", async () => {
    const place = newWorkplace();
    const ran = await place.crimg(fromStdin("-o", place.path("out.img")), { input: image });
    expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["out.img"]);
    expect(place.bytes("out.img")).toEqual(converted);
  });

  test("as a file does, too", async () => {
    const place = withImage();
    const stdin = place.path("in.img");
    const ran = await place.crimg(fromStdin("-o", place.path("out.img")), { stdin });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["in.img", "out.img"]);
    expect(place.bytes("out.img")).toEqual(converted);
  });

  test.each([["-o", "-"], ["--dry-run"]])("needs no folder of an output: %s", async (...more) => {
    const place = newWorkplace();
    const ran = await place.crimg(fromStdin(...more), { input: image });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(place.contents()).toEqual({});
  });

  test("can be split", async () => {
    const place = newWorkplace();
    const ran = await place.crimg(fromStdin("--split", place.path("tasks")), { input: tree });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["tasks", ...pids.map(pid => `tasks/stdin-${pid}.img`)]);
  });

  test("can be split into a folder in a folder that is not there yet, as a file can", async () => {
    const place = newWorkplace();
    const ran = await place.crimg(fromStdin("--split", place.path("all/tasks")), { input: tree });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
  });

  test("that ends early is damage, and leaves nothing", async () => {
    const place = newWorkplace();
    const ran = await place.crimg(fromStdin("-o", place.path("out.img")), { input: image.subarray(0, 3000) });
    expect(ran).toMatchObject({ status: 1, stdout: "" });
    expect(ran.stderr).toMatch(/^crimg: stdin: .*--partial keeps what is whole \(.+ at 0x[0-9a-f]+\)\n$/);
    expect(place.contents()).toEqual({});
  });

  test("into a folder that is not there says so, and leaves nothing", async () => {
    const place = newWorkplace();
    const ran = await place.crimg(fromStdin("-o", place.path("no/out.img")), { input: image });
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(/^crimg: .*\/no.*: cannot .*\n$/);
    expect(place.contents()).toEqual({});
  });
});

describe.concurrent("stdout, named -", () => {
  const MIB = 2 ** 20;

  function withLargeImage(): Workplace {
    const place = newWorkplace();
    writeHugeImage(place.path("in.img"), (16 * MIB) / 4096);
    return place;
  }

  test("gets the bytes of -o FILE, more than a pipe holds", async () => {
    const place = withLargeImage();
    await place.crimg(toRev2(place, "-o", place.path("out.img"), "-q"));
    expect(statSync(place.path("out.img")).size).toBeGreaterThan(16 * MIB);
    const ran = await place.spawnCrimg(toRev2(place, "-o", "-", "-q"), {
      behind: ["sh", "-c", '"$@" | cat > "$0"', place.path("piped.img")],
    });
    expect(ran).toMatchObject({ stdout: "", stderr: "" });
    const { "out.img": whole, "piped.img": piped } = place.contents();
    expect(piped).toBe(whole);
  });

  test("gets nothing of an image that is refused", async () => {
    const place = withImage(tree);
    const ran = await place.crimg(toRev2(place, "-o", "-"));
    expect(ran).toMatchObject({ status: 1, stdout: "" });
  });

  test("with a reader that goes away ends the run quietly", async () => {
    const place = withLargeImage();
    const ran = await place.spawnCrimg(toRev2(place, "-o", "-"), { closeEarly: true });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["in.img"]);
  });

  test("from stdin, with a reader that goes away, keeps no copy of it", async () => {
    const place = withLargeImage();
    const args = ["convert", "-", "--to-rev", "2", "-o", "-"];
    const ran = await place.spawnCrimg(args, { closeEarly: true, input: place.bytes("in.img") });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["in.img"]);
  });

  // Of what gives a command a terminal, script is the most common; not every system has it.
  test.skipIf(spawnSync("script", ["--version"]).status !== 0)("is no terminal", async () => {
    const place = withImage();
    const command = `"${process.execPath}" "${crimgPath}" convert in.img -o -; echo "exit $?"`;
    const inTerminal = `cd "${place.folder}" && script -qec '${command}' /dev/null`;
    const { stdout } = await spawnProcess("sh", ["-c", inTerminal]);
    expect(stdout).toContain("crimg: stdout is a terminal; an image goes to a file or a pipe\r\nexit 2");
  });
});
