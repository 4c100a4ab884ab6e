import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { dialectNamed } from "../../src/formats/cr/dialects.js";
import { MAGIC_TAIL } from "../../src/formats/cr/records.js";
import { encodeRecord } from "../../src/stream/encode-record.js";
import { sampleBytes } from "../format/samples.js";
import { collect } from "../image/collect.js";
import { seeded } from "../image/seeded.js";
import { concat, recordNamed, withField } from "../image/splice.js";
import { oneIn } from "../share.js";
import { rules } from "../verify/verifier.js";
import { type Ran, runEach } from "./run-crimg.js";
import { type Workplace, workplaces } from "./workplace.js";

const newWorkplace = workplaces();

describe.concurrent("what is no image is not converted", () => {
  const random = seeded(20090105);
  const noise = Uint8Array.from({ length: 4000 }, () => random(256));
  const tiny = sampleBytes("cr-2/v6-tiny.img");
  const empty = "not a checkpoint image: the input is empty (at 0x0)";
  const inputs: Record<string, [status: number, (place: Workplace) => string, says: string]> = {
    "a file of nothing": [1, place => place.put("empty.img", ""), empty],
    "a file of anything": [
      1,
      place => place.put("noise.img", noise),
      "not a checkpoint image: expected the head's magic 0x00feed0cc0a2d200 after 8 bytes, found 0x",
    ],
    "a head that is cut": [
      1,
      place => place.put("short.img", tiny.subarray(0, 10)),
      "not a checkpoint image: a head needs 232 bytes, 10 are there (at 0x0)",
    ],
    "/dev/null": [1, () => "/dev/null", empty],
    "a folder": [3, place => place.folder, "is a directory, expected an image file"],
    "a file that is not there": [3, place => place.path("missing.img"), "cannot open: no such file"],
    "a file below a file": [3, place => `${place.put("file", "")}/in.img`, "cannot open: "],
  };

  test.each(Object.entries(inputs))("%s", async (_, [status, make, says]) => {
    const place = newWorkplace();
    const input = make(place);
    const before = place.contents();
    // There is nothing whole to be kept, either.
    for (const more of [[], ["--partial"], ["--to-rev", "2"]]) {
      const args = ["convert", input, "-o", place.path("out.img"), ...more];
      const ran = await place.crimg(args);
      expect(ran).toMatchObject({ status, stdout: "" });
      expect(ran.stderr).toMatch(/^crimg: .+\n$/);
      expect(ran.stderr).toContain(`crimg: ${input}: ${says}`);
      expect(place.contents()).toEqual(before);
    }
  });

  test("nor is stdin of nothing", async () => {
    const place = newWorkplace();
    expect(await place.crimg(["convert", "-", "-o", place.path("out.img")])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: `crimg: stdin: ${empty}\n`,
    });
    expect(place.contents()).toEqual({});
  });
});

describe.concurrent("a damaged image", () => {
  const tree = sampleBytes("cr-3b/v13-tree.img");
  const damaged: Record<string, [Uint8Array, RegExp]> = {
    "with another count of areas": [
      withField(tree, recordNamed(tree, "MM", 1), "map_count", 3),
      /: .*map_count.* \(task\[1\]\.mm.* at 0x[0-9a-f]+\)\n$/,
    ],
    "with a count of pages that cannot be": [
      withField(tree, recordNamed(tree, "PGARR", 3), "nr_pages", 2n ** 63n),
      /: .*nr_pages.* \(task\[0\]\.mm\.vma\[3\]\.pgarr\[0\]\S* at 0x[0-9a-f]+\)\n$/,
    ],
    "without its tail": [tree.subarray(0, -16), /: the image ends without TAIL; .* \(\S+ at 0x1db50\)\n$/],
  };

  test.each(Object.entries(damaged))("%s is refused, and --partial named", async (_, [bytes, says]) => {
    const place = newWorkplace();
    const input = place.put("in.img", bytes);
    const before = place.contents();
    const ran = await place.crimg(["convert", input, "--to", "cr-3a", "-o", place.path("out.img")]);
    expect(ran).toMatchObject({ status: 1, stdout: "" });
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).toContain(
      "; a damaged image cannot be converted, but --partial keeps what is whole (",
    );
    expect(place.contents()).toEqual(before);
  });

  test("goes nowhere with --partial, if nothing of it may go there", async () => {
    const place = newWorkplace();
    const input = place.put("in.img", tree.subarray(0, 100_000));
    const before = place.contents();
    const args = ["convert", input, "--partial", "--to-rev", "2", "-o", place.path("out.img")];
    const ran = await place.crimg(args);
    expect(ran).toMatchObject({ status: 1, stdout: "" });
    expect(ran.stderr).toMatch(/it holds \d tasks/);
    expect(place.contents()).toEqual(before);
  });

  test("loses something with --partial, which --lossless forbids", async () => {
    const place = newWorkplace();
    const input = place.put("in.img", tree.subarray(0, 100_000));
    const before = place.contents();
    const args = ["convert", input, "--partial", "--lossless", "-o", place.path("out.img")];
    const ran = await place.crimg(args);
    expect(ran).toMatchObject({ status: 1, stdout: "" });
    expect(ran.stderr).toContain("something would be lost, and --lossless forbids it");
    expect(place.contents()).toEqual(before);
  });
});

const cutSamples = ["cr-1/v6p5-tiny.img", "cr-2/v6-files.img", "cr-3a/v9-fpu.img", "cr-3b/v13-xsave-fpu.img"];

describe.each(oneIn(3, cutSamples))("%s, cut before and in the middle of every item", sample => {
  const whole = sampleBytes(sample);
  const { items } = collect(whole);
  const tail = encodeRecord(dialectNamed(sample.split("/")[0]!), "TAIL", { magic: MAGIC_TAIL });
  const places = items.flatMap(({ offset, length }) => [offset, offset + (length >> 1)]).slice(1);
  // The last ones are in the tail.
  const cuts = [...oneIn(9, places.slice(0, -2)), ...places.slice(-2)];
  const HEAD = items[0]!.length;

  const place = newWorkplace();
  const path = (cut: number, kind: string) => place.path(`${cut}.${kind}`);
  let refused: Ran[];
  let kept: Ran[];
  /** By output: rules of structure and references that it breaks. */
  const broken = new Map<string, string[]>();

  beforeAll(async () => {
    for (const cut of cuts) place.put(`${cut}.cut`, whole.subarray(0, cut));
    const before = place.contents();
    refused = await runEach(cuts.map(cut => ["convert", path(cut, "cut"), "-o", path(cut, "img")]));
    expect(place.contents()).toEqual(before);
    kept = await runEach(
      cuts.map(cut => ["convert", path(cut, "cut"), "--partial", "-o", path(cut, "partial")]),
    );
    const outputs = cuts.map(cut => path(cut, "partial")).filter(output => existsSync(output));
    const { stdout } = await place.crimg(["verify", "--jsonl", "--severity", "error", ...outputs]);
    const sense = new Set(rules.filter(({ group }) => group === "sense").map(({ id }) => id));
    for (const line of stdout.trim().split("\n")) {
      const { image, findings } = JSON.parse(line) as { image: string; findings: { rule: string }[] };
      broken.set(
        image,
        findings.map(({ rule }) => rule).filter(rule => !sense.has(rule)),
      );
    }
  });

  test("is refused, with the place of the damage and what helps, and leaves no output", () => {
    for (const [i, cut] of cuts.entries()) {
      const { status, stderr } = refused[i]!;
      const about = `cut at ${cut}: ${stderr}`;
      expect(status, about).toBe(1);
      const [, reason, at] = /^crimg: \S+: (.+) \((?:.+ )?at 0x([0-9a-f]+)\)\n$/.exec(stderr) ?? [];
      expect(reason, about).toMatch(/(needs? \d+|\d+ bytes needed|ends without|of only \d+ follow)/);
      if (cut >= HEAD) expect(reason, about).toContain("but --partial keeps what is whole");
      // That of the item that is cut, or the end.
      const itemStart = items.findLast(({ offset }) => offset <= cut)!.offset;
      if (cut >= HEAD) expect(Number.parseInt(at!, 16), about).toBe(itemStart);
      expect(existsSync(path(cut, "img")), about).toBe(false);
    }
  });

  test("with --partial is what stands before the damage, whole items only, and a TAIL", () => {
    const starts = new Set(items.map(({ offset }) => offset));
    for (const cut of cuts.filter(at => at >= HEAD)) {
      const output = place.bytes(`${cut}.partial`);
      const end = output.length - tail.length;
      expect(output.subarray(end), `cut at ${cut}`).toEqual(tail);
      expect(Buffer.compare(output.subarray(0, end), whole.subarray(0, end)), `cut at ${cut}`).toBe(0);
      expect(starts.has(end), `cut at ${cut}, kept ${end}`).toBe(true);
      // All that is whole, but not a record without its blocks.
      const atMost = items.findLast(({ offset }) => offset <= cut)!;
      const atLeast = items.findLast(({ kind, offset }) => kind === "record" && offset <= atMost.offset)!;
      expect(end, `cut at ${cut}`).toBeLessThanOrEqual(atMost.offset);
      expect(end, `cut at ${cut}`).toBeGreaterThanOrEqual(atLeast.offset);
    }
  });

  test("with --partial is nothing, if not even the head is whole", () => {
    for (const [i, cut] of cuts.entries()) {
      if (cut >= HEAD) continue;
      expect(kept[i]!.status, kept[i]!.stderr).toBe(1);
      expect(existsSync(path(cut, "partial")), `cut at ${cut}`).toBe(false);
    }
  });

  test("with --partial ends as verify says of the output", () => {
    for (const [i, cut] of cuts.entries()) {
      if (cut < HEAD) continue;
      const { status, stderr } = kept[i]!;
      const isBroken = broken.get(path(cut, "partial"))!.length > 0;
      expect(status, `cut at ${cut}: ${stderr}`).toBe(isBroken ? 1 : 0);
      expect(stderr).toContain("LOST");
    }
  });

  test("and in the tail, loses nothing but that: --partial makes it whole again", () => {
    const last = items.at(-1)!;
    for (const cut of cuts.filter(at => at >= last.offset))
      expect(place.bytes(`${cut}.partial`)).toEqual(whole);
    expect(cuts.at(-1)).toBeGreaterThan(last.offset);
  });
});

test("of several images only the one that is cut loses anything with --partial", async () => {
  const twice = sampleBytes("cr-2/v6-twice.img");
  const second = twice.length / 2;
  const cut = second + recordNamed(twice.subarray(0, second), "CPU").offset;
  const place = newWorkplace();
  const input = place.put("in.img", twice.subarray(0, cut + 5));
  const ran = await place.crimg(["convert", input, "--partial", "-o", place.path("out.img"), "-q"]);
  expect(ran.status).toBe(1);
  const tail = twice.subarray(-16);
  expect(place.bytes("out.img")).toEqual(concat(twice.subarray(0, cut), tail));
});

test("--partial changes nothing of an image that is whole", async () => {
  const place = newWorkplace();
  const args = ["convert", "samples/cr-2/v6-tls1.img", "--partial", "-o", place.path("out.img"), "-q"];
  expect(await place.crimg(args)).toMatchObject({ status: 0, stderr: "" });
  expect(place.bytes("out.img")).toEqual(sampleBytes("cr-2/v6-tls1.img"));
});
