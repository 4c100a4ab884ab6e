import { existsSync, mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inputOf, readingCommands } from "../cli/reading-commands.js";
import { image, places, toRev2 } from "../cli/to-rev-2.js";
import type { Workplace } from "../cli/workplace.js";
import { sampleBytes } from "../format/samples.js";
import { oneIn } from "../share.js";
import { canMount, onReadOnlyDisk, onSmallDisk, smallFiles } from "./confinement.js";

const { newWorkplace, withImage } = places();

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

const commands = Object.keys(readingCommands).filter(command => command !== "split");

describe.concurrent.each(oneIn(3, commands))("%s to", command => {
  test.runIf(existsSync("/dev/full"))("a full device is an error of writing", async () => {
    const place = newWorkplace();
    const input = place.put("in", inputOf(command));
    const before = place.contents();
    const ran = await place.spawnCrimg(readingCommands[command]!(input, "/dev/full"));
    expect(ran).toMatchObject({
      status: 3,
      stdout: "",
      stderr: "crimg: /dev/full: cannot write: no space left on device (ENOSPC)\n",
    });
    expect(place.contents()).toEqual(before);
  });
});
