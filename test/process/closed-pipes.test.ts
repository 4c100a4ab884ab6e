import { describe, expect, test } from "vitest";
import { writeHugeImage } from "../cli/huge-image.js";
import { toRev2 } from "../cli/to-rev-2.js";
import { type Workplace, workplaces } from "../cli/workplace.js";
import { sampleBytes } from "../format/samples.js";
import { oneIn } from "../share.js";

const newWorkplace = workplaces();
const MIB = 2 ** 20;

/** Bytes of 20 images: what is said of them does not fit into a pipe. */
function manyTrees(): Uint8Array {
  return Buffer.concat(Array.from({ length: 20 }, () => sampleBytes("cr-3a/v9-tree.img")));
}

/** A workplace with a large image in it. */
function withLargeImage(mebibytes: number): Workplace {
  const place = newWorkplace();
  writeHugeImage(place.path("in.img"), (mebibytes * MIB) / 4096);
  return place;
}

describe.concurrent("a reader that goes away", () => {
  test.each(oneIn(3, ["--jsonl", "--json", "--hex"]))("dump %s ends quietly", async view => {
    const place = newWorkplace();
    const large = place.put("large.img", manyTrees());
    const whole = await place.crimg(["dump", large, view]);
    // Else all of it would fit into the pipe, and nothing would be shown by this test.
    expect(whole.stdout.length).toBeGreaterThan(500_000);
    const { stderr, status, stdout } = await place.spawnCrimg(["dump", large, view], { closeEarly: true });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout.length).toBeLessThan(whole.stdout.length);
  });

  const copying: readonly (readonly [string, string, ...string[]])[] = [
    ["decode", "in.img"],
    ["encode", "large.lines", "-o", "-"],
    ["join", "in.img", "-o", "-"],
    ["convert", "in.img", "-o", "-"],
  ];

  test.each(oneIn(3, copying))("crimg %s %s ends quietly", async (command, input, ...more) => {
    const place = withLargeImage(8);
    if (command === "encode") await place.crimg(["decode", place.path("in.img"), "-o", place.path(input)]);
    const ran = await place.spawnCrimg([command, place.path(input), ...more], { closeEarly: true });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout.length).toBeLessThan(8 * MIB);
  });

  test("ends decode, which leaves no file of pages", async () => {
    const place = newWorkplace();
    const large = place.put("large.img", manyTrees());
    const args = ["decode", large, "--pages", place.path("pages")];
    const ran = await place.spawnCrimg(args, { closeEarly: true });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["large.img"]);
  });

  test("ends convert, which leaves nothing", async () => {
    const place = withLargeImage(16);
    const ran = await place.spawnCrimg(toRev2(place, "-o", "-"), { closeEarly: true });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["in.img"]);
  });

  test("ends convert of stdin, which keeps no copy of it", async () => {
    const place = withLargeImage(16);
    const args = ["convert", "-", "--to-rev", "2", "-o", "-"];
    const ran = await place.spawnCrimg(args, { closeEarly: true, input: place.bytes("in.img") });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(place.contents())).toEqual(["in.img"]);
  });
});
