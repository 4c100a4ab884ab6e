import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { writeHugeImage } from "../cli/huge-image.js";
import { image, places, toRev2 } from "../cli/to-rev-2.js";
import { sampleBytes } from "../format/samples.js";
import { crimgPath } from "../project-root.js";
import { spawnProcess } from "./spawn-crimg.js";

const { newWorkplace, withImage } = places();
const env = { CRIMG: `"${process.execPath}" "${crimgPath}"` };
const MIB = 2 ** 20;

describe.concurrent("in a pipeline", () => {
  test("decode and encode give back what comes a byte at a time", async () => {
    const place = newWorkplace();
    const slow = "dd bs=1 status=none";
    const input = "samples/cr-1/v6p5-tiny.img";
    const command = `${slow} if=${input} | eval $CRIMG decode - | ${slow} | eval $CRIMG encode - -o ${place.path("image")} --fix-counts`;
    const ran = await spawnProcess("sh", ["-c", command], { env });
    expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(place.bytes("image")).toEqual(sampleBytes("cr-1/v6p5-tiny.img"));
  });

  test("encode writes an image to stdout", async () => {
    const place = newWorkplace();
    const command = `eval $CRIMG decode samples/cr-3a/v9-tree.img | eval $CRIMG encode - -o - > ${place.path("image")}`;
    await spawnProcess("sh", ["-c", command], { env });
    expect(place.bytes("image")).toEqual(sampleBytes("cr-3a/v9-tree.img"));
  });

  test("convert gives the bytes of -o FILE, more than a pipe holds", async () => {
    const place = newWorkplace();
    writeHugeImage(place.path("in.img"), (16 * MIB) / 4096);
    await place.crimg(toRev2(place, "-o", place.path("out.img"), "-q"));
    expect(statSync(place.path("out.img")).size).toBeGreaterThan(16 * MIB);
    const ran = await place.spawnCrimg(toRev2(place, "-o", "-", "-q"), {
      behind: ["sh", "-c", '"$@" | cat > "$0"', place.path("piped.img")],
    });
    expect(ran).toMatchObject({ stdout: "", stderr: "" });
    const { "out.img": whole, "piped.img": piped } = place.contents();
    expect(piped).toBe(whole);
  });
});

describe.concurrent("a terminal", () => {
  // Of what gives a command a terminal, script is the most common; not every system has it.
  test.skipIf(spawnSync("script", ["--version"]).status !== 0)("gets no image", async () => {
    const place = withImage();
    const command = `"${process.execPath}" "${crimgPath}" convert in.img -o -; echo "exit $?"`;
    const inTerminal = `cd "${place.folder}" && script -qec '${command}' /dev/null`;
    const { stdout } = await spawnProcess("sh", ["-c", inTerminal]);
    expect(stdout).toContain("crimg: stdout is a terminal; an image goes to a file or a pipe\r\nexit 2");
  });
});

describe.concurrent("the name of a file", () => {
  // Its bytes never reach us: node has made U+FFFD of them.
  test.runIf(process.platform === "linux")("that is no UTF-8 is refused with the way round it", async () => {
    const place = newWorkplace();
    place.put("real", image);
    const script = `cd "$0" && cp real "$(printf 'x\\377.img')" && exec "$@" "$(printf 'x\\377.img')"`;
    const ran = await place.spawnCrimg(["dump"], { behind: ["sh", "-c", script, place.folder] });
    expect(ran).toMatchObject({
      status: 3,
      stdout: "",
      stderr:
        "crimg: x\ufffd.img: cannot open: no such file; one whose name is not UTF-8 can only be given as stdin\n",
    });
    const asStdin = ["sh", "-c", `cd "$0" && exec "$@" < "$(printf 'x\\377.img')"`, place.folder];
    expect(await place.spawnCrimg(["verify", "-"], { behind: asStdin })).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(readdirSync(place.folder)).toHaveLength(2);
  });
});
