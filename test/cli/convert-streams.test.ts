import { describe, expect, test } from "vitest";
import { converted, image, pids, places, toRev2, tree } from "./to-rev-2.js";

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
  test("gets nothing of an image that is refused", async () => {
    const place = withImage(tree);
    const ran = await place.crimg(toRev2(place, "-o", "-"));
    expect(ran).toMatchObject({ status: 1, stdout: "" });
  });
});
