import { spawnSync } from "node:child_process";
import { linkSync, symlinkSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { spawnProcess } from "../process/spawn-crimg.js";
import { converted, places, toRev2, tree } from "./to-rev-2.js";
import type { Workplace } from "./workplace.js";

const { withImage } = places();

describe.concurrent("the target may not be the input", () => {
  const targets: Record<string, (place: Workplace) => string> = {
    "by its name": place => place.path("in.img"),
    "by another way to it": place => `${place.folder}/../${basename(place.folder)}/in.img`,
    "by a symbolic link": place => {
      symlinkSync("in.img", place.path("link.img"));
      return place.path("link.img");
    },
    "by a hard link": place => {
      linkSync(place.path("in.img"), place.path("hard.img"));
      return place.path("hard.img");
    },
  };

  test.each(Object.entries(targets))("%s, not even with --force", async (_, make) => {
    const place = withImage();
    const target = make(place);
    const before = place.contents();
    for (const more of [[], ["--force"]]) {
      expect(await place.crimg(toRev2(place, "-o", target, ...more))).toMatchObject({
        status: 2,
        stdout: "",
        stderr: `crimg: ${target} is also the input; write to another file\n`,
      });
      expect(place.contents()).toEqual(before);
    }
  });

  test("nor may the report be", async () => {
    const place = withImage();
    const before = place.contents();
    const ran = await place.crimg(toRev2(place, "-n", "--report", place.path("in.img")));
    expect(place.contents()).toEqual(before);
    expect(ran).toMatchObject({ status: 2, stdout: "" });
    expect(ran.stderr).toContain(`${place.path("in.img")} is also the input`);
  });

  test("nor the report what the image is written to", async () => {
    const place = withImage();
    const target = place.path("out.img");
    const before = place.contents();
    const ran = await place.crimg(toRev2(place, "-o", target, "--report", target));
    expect(ran).toMatchObject({ status: 2, stdout: "" });
    expect(ran.stderr).toContain(target);
    expect(place.contents()).toEqual(before);
  });
});

describe.concurrent("a file at the target", () => {
  test("stays without --force", async () => {
    const place = withImage();
    const target = place.put("out.img", "from before\n");
    const before = place.contents();
    expect(await place.crimg(toRev2(place, "-o", target))).toMatchObject({
      status: 3,
      stdout: "",
      stderr: `crimg: ${target}: cannot write: is there already; --force replaces it\n`,
    });
    expect(place.contents()).toEqual(before);
  });

  test("stays with it, if the conversion is refused", async () => {
    const place = withImage(tree);
    const target = place.put("out.img", "from before\n");
    const before = place.contents();
    const ran = await place.crimg(toRev2(place, "-o", target, "--force"));
    expect(ran).toMatchObject({ status: 1, stdout: "" });
    expect(place.contents()).toEqual(before);
  });

  test("behind a link is what is replaced, and the link stays", async () => {
    const place = withImage();
    place.put("real.img", "from before\n");
    symlinkSync("real.img", place.path("out.img"));
    const before = place.contents();
    const refused = await place.crimg(toRev2(place, "-o", place.path("out.img")));
    expect(refused).toMatchObject({ status: 3, stdout: "" });
    expect(place.contents()).toEqual(before);
    await place.crimg(toRev2(place, "-o", place.path("out.img"), "--force", "-q"));
    expect(place.contents()).toMatchObject({ "out.img": "-> real.img" });
    expect(place.bytes("real.img")).toEqual(converted);
    expect(Object.keys(place.contents())).toEqual(["in.img", "out.img", "real.img"]);
  });

  test("is made behind a link that leads to none", async () => {
    const place = withImage();
    symlinkSync("real.img", place.path("out.img"));
    await place.crimg(toRev2(place, "-o", place.path("out.img"), "-q"));
    expect(place.contents()).toMatchObject({ "out.img": "-> real.img" });
    expect(place.bytes("real.img")).toEqual(converted);
  });
});

describe.concurrent("a target that cannot be written", () => {
  const cases: Record<string, [(place: Workplace) => string, string]> = {
    "in a folder that is not there": [place => place.path("no/such/out.img"), "no such folder"],
    "below a file": [place => `${place.put("file", "")}/out.img`, "no such folder"],
    "that is a folder": [place => place.folder, "is a directory"],
    "that is a link to itself": [
      place => {
        symlinkSync("loop", place.path("loop"));
        return place.path("loop");
      },
      "",
    ],
    "with a name longer than names can be": [place => place.path("n".repeat(256)), ""],
  };

  test.each(Object.entries(cases))("%s", async (_, [make, reason]) => {
    const place = withImage();
    const target = make(place);
    const before = place.contents();
    const ran = await place.crimg(toRev2(place, "-o", target, "--force"));
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(/^crimg: .+\n$/);
    expect(ran.stderr).toContain(`${target}: cannot write: ${reason}`);
    expect(place.contents()).toEqual(before);
  });

  test("with a name as long as names can be is none of them", async () => {
    const place = withImage();
    const name = `${"n".repeat(251)}.img`;
    const ran = await place.crimg(toRev2(place, "-o", place.path(name), "-q"));
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["in.img", name]);
  });
});

describe.concurrent("a device or a pipe", () => {
  test("that is full is an error like any other", async () => {
    const place = withImage();
    const before = place.contents();
    const ran = await place.crimg(toRev2(place, "-o", "/dev/full"));
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(/^crimg: \/dev\/full: cannot write: no space left on device \(ENOSPC\)\n$/);
    expect(place.contents()).toEqual(before);
  });

  test("needs no --force, and cannot be verified", async () => {
    const place = withImage();
    const before = place.contents();
    const ran = await place.crimg(toRev2(place, "-o", "/dev/null", "-q"));
    expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(place.contents()).toEqual(before);
  });

  test("with a name gets the image", async () => {
    const place = withImage();
    const pipe = place.path("pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    const reader = spawnProcess("sh", ["-c", 'cat "$0" > "$1"', pipe, place.path("out.img")]);
    // Opened once more than it is written, it would be waited for without end.
    const ran = await place.crimg(toRev2(place, "-o", pipe, "-q"));
    await reader;
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(place.bytes("out.img")).toEqual(converted);
  });
});
