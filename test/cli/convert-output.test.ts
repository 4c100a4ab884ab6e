import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { sampleBytes } from "../format/samples.js";
import {
  canMount,
  noPrivileges,
  onReadOnlyDisk,
  onSmallDisk,
  privateUmask,
  smallFiles,
} from "../process/confinement.js";
import { interruptCrimg } from "../process/interrupt.js";
import { spawnProcess } from "../process/spawn-crimg.js";
import { writeHugeImage, writeManyAreas } from "./huge-image.js";
import { converted, image, places, toRev2, tree } from "./to-rev-2.js";
import type { Workplace } from "./workplace.js";

const { newWorkplace, withImage } = places();

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

  // Whoever shares a file with a group, or keeps it to himself, means the next one, too.
  test.each(["600", "640", "666", "444"])("is replaced with it, and keeps its mode %s", async mode => {
    const place = withImage();
    const target = place.put("out.img", "from before\n");
    chmodSync(target, mode);
    const ran = await place.spawnCrimg(toRev2(place, "-o", target, "--force", "-q"), {
      behind: privateUmask,
    });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(place.bytes("out.img")).toEqual(converted);
    expect((statSync(target).mode & 0o777).toString(8)).toBe(mode);
    expect(Object.keys(place.contents())).toEqual(["in.img", "out.img"]);
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

  test.each(["old.img", "new.img"])("since its folder cannot: %s", async name => {
    const place = withImage();
    const locked = place.path("locked");
    mkdirSync(locked);
    place.put("locked/old.img", "from before\n");
    chmodSync(locked, 0o555);
    const before = place.contents();
    const target = `${locked}/${name}`;
    const ran = await place.spawnCrimg(toRev2(place, "-o", target, "--force"), { behind: noPrivileges });
    const after = place.contents();
    // Or it could not be removed when all is done.
    chmodSync(locked, 0o755);
    expect(ran).toMatchObject({
      status: 3,
      stdout: "",
      stderr: `crimg: ${target}: cannot write: permission denied\n`,
    });
    expect(after).toEqual(before);
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

describe.concurrent("a disk that is full", () => {
  const outOfSpace = ".+ \\((ENOSPC|EFBIG)\\)";

  test("while the image is written", async () => {
    const place = withImage();
    const before = place.contents();
    const target = place.path("out.img");
    const ran = await place.spawnCrimg(toRev2(place, "-o", target), { behind: smallFiles });
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(new RegExp(`^crimg: ${target}: cannot write: ${outOfSpace}\n$`));
    expect(place.contents()).toEqual(before);
  });

  test("keeps what stands at the target", async () => {
    const place = withImage();
    const target = place.put("out.img", "from before\n");
    const before = place.contents();
    const ran = await place.spawnCrimg(toRev2(place, "-o", target, "--force"), {
      behind: smallFiles,
    });
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(place.contents()).toEqual(before);
  });

  test("while stdin is kept", async () => {
    const place = newWorkplace();
    const args = ["convert", "-", "--to-rev", "2", "-o", place.path("out.img")];
    const ran = await place.spawnCrimg(args, { input: image, behind: smallFiles });
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(
      new RegExp(`^crimg: ${place.folder}: cannot keep the input there: ${outOfSpace}\n$`),
    );
    expect(place.contents()).toEqual({});
  });

  test("while the image goes to stdout", async () => {
    const place = withImage();
    const command = ["sh", "-c", '"$@" > /dev/full', "sh"];
    const ran = await place.spawnCrimg(toRev2(place, "-o", "-"), { behind: command });
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(new RegExp(`^crimg: stdout: cannot write: ${outOfSpace}\n$`));
  });

  test("while the report is written", async () => {
    const place = withImage();
    const before = place.contents();
    const dryRun = toRev2(place, "-n", "-q", "--report", place.path("report.json"));
    const ran = await place.spawnCrimg(dryRun, { behind: smallFiles });
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(/^crimg: .*report\.json: cannot write: .*\n$/);
    expect(place.contents()).toEqual(before);
  });

  // The rest needs mounts of our own; what is above does not, and runs everywhere.
  describe.skipIf(!canMount())("that is mounted for it", () => {
    test.each([
      ["a file", (place: Workplace) => toRev2(place), undefined],
      ["stdin", () => ["convert", "-", "--to-rev", "2"], image],
    ])("is left empty, from %s", async (_, args, input) => {
      const place = withImage();
      mkdirSync(place.path("disk"));
      const before = place.contents();
      const ran = await place.spawnCrimg([...args(place), "-o", place.path("disk/out.img")], {
        behind: onSmallDisk(place.path("disk")),
        ...(input && { input }),
      });
      expect(ran).toMatchObject({ status: 3, stdout: "", extra: "" });
      expect(ran.stderr).toMatch(/^crimg: .*\/disk.*: cannot .*: no space left on device \(ENOSPC\)\n$/);
      expect(place.contents()).toEqual(before);
    });

    test("is no trouble if the image has room", async () => {
      const place = withImage(sampleBytes("cr-2/v6-tls1.img"));
      mkdirSync(place.path("disk"));
      const args = ["convert", place.path("in.img"), "-q", "-o", place.path("disk/out.img")];
      const ran = await place.spawnCrimg(args, { behind: onSmallDisk(place.path("disk")) });
      expect(ran).toMatchObject({ status: 0, stderr: "", extra: "out.img\n" });
    });

    test("and one that cannot be written to", async () => {
      const place = withImage();
      mkdirSync(place.path("disk"));
      const target = place.path("disk/out.img");
      const ran = await place.spawnCrimg(toRev2(place, "-o", target), {
        behind: onReadOnlyDisk(place.path("disk")),
      });
      expect(ran).toMatchObject({
        status: 3,
        extra: "",
        stderr: `crimg: ${target}: cannot write: the file system is read-only\n`,
      });
    });
  });
});

// One after the other: what they write would only wait for the same disk.
describe("a run that is interrupted leaves nothing behind", () => {
  const signals = [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const;
  /** 2 GiB, so that no signal comes too late. */
  const PAGES = 2 ** 19;

  function temporarySize(place: Workplace): number {
    const name = readdirSync(place.folder).find(found => found.startsWith(".out.img."));
    return name === undefined ? -1 : (statSync(place.path(name), { throwIfNoEntry: false })?.size ?? -1);
  }

  test.each(signals)("%s in the middle of a large image", async (signal, status) => {
    const place = newWorkplace();
    const input = place.path("huge.img");
    writeHugeImage(input, PAGES);
    const { size } = statSync(input);
    const before = place.put("out.img", "from before\n");
    const args = ["convert", input, "--to-rev", "2", "-o", before, "--force"];
    let written = 0;
    const when = () => {
      written = Math.max(written, temporarySize(place));
      return written > 0;
    };
    expect(await interruptCrimg(place, args, { signal, when })).toEqual({ status, signal: null, stderr: "" });
    // It was there, and not all of it.
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(size);
    expect(readdirSync(place.folder).sort()).toEqual(["huge.img", "out.img"]);
    expect(place.bytes("out.img")).toEqual(new Uint8Array(Buffer.from("from before\n")));
    expect(statSync(input).size).toBe(size);
  });

  test.each(signals)("%s in the middle of a dump to a file", async (signal, status) => {
    const place = newWorkplace();
    const input = place.path("huge.img");
    writeManyAreas(input, 500_000);
    const when = () => readdirSync(place.folder).some(name => name.endsWith(".tmp"));
    const ended = await interruptCrimg(place, ["dump", "--jsonl", input, "-o", place.path("out")], {
      signal,
      when,
    });
    expect(ended).toEqual({ status, signal: null, stderr: "" });
    expect(readdirSync(place.folder)).toEqual(["huge.img"]);
  });

  test.each(signals)("%s while stdin is awaited", async (signal, status) => {
    const place = newWorkplace();
    const input = image.subarray(0, 3000);
    const when = () => {
      const name = readdirSync(place.folder).find(found => found.startsWith(".crimg-"));
      return name !== undefined && existsSync(place.path(`${name}/input`));
    };
    const args = ["convert", "-", "--to-rev", "2", "-o", place.path("out.img")];
    const ended = await interruptCrimg(place, args, { signal, when, input });
    expect(ended).toEqual({ status, signal: null, stderr: "" });
    expect(place.contents()).toEqual({});
  });
});
