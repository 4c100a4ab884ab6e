import { chmodSync, mkdirSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { converted, places, toRev2 } from "../cli/to-rev-2.js";
import { sampleBytes } from "../format/samples.js";
import { oneIn } from "../share.js";
import { noPrivileges, privateUmask } from "./confinement.js";

const { newWorkplace, withImage } = places();

describe.concurrent("a file at the target", () => {
  // Whoever shares a file with a group, or keeps it to himself, means the next one, too.
  test.each(oneIn(3, ["600", "640", "666", "444"]))(
    "is replaced with it, and keeps its mode %s",
    async mode => {
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
    },
  );
});

describe.concurrent("a target that cannot be written", () => {
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
});

describe.concurrent("what is no image is not converted", () => {
  test("a file that may not be read", async () => {
    const place = newWorkplace();
    const input = place.put("secret.img", sampleBytes("cr-2/v6-tiny.img"));
    chmodSync(input, 0);
    const before = place.contents();
    // There is nothing whole to be kept, either.
    for (const more of [[], ["--partial"], ["--to-rev", "2"]]) {
      const args = ["convert", input, "-o", place.path("out.img"), ...more];
      const ran = await place.spawnCrimg(args, { behind: noPrivileges });
      expect(ran).toMatchObject({
        status: 3,
        stdout: "",
        stderr: `crimg: ${input}: cannot open: permission denied\n`,
      });
      expect(place.contents()).toEqual(before);
    }
  });
});
