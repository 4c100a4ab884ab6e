import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type SparseBytes, sparseLength, writeSparse } from "../image/sparse-bytes.js";
import { recordNamed } from "../image/splice.js";
import { imageBeyond5GiB, smallTask, smallTaskMemory } from "./huge-image.js";
import type { Ran } from "./run-crimg.js";
import { image } from "./to-rev-2.js";
import { workplaces } from "./workplace.js";

const place = workplaces()();
const MIB = 2 ** 20;
const GIB = 2 ** 30;

function putSparse(name: string, bytes: SparseBytes): string {
  writeSparse(place.path(name), bytes);
  return place.path(name);
}

const bytesOnDisk = (path: string) => statSync(path).blocks * 512;

function bytesAt(path: string, offset: number, length: number): Buffer {
  const fd = openSync(path, "r");
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, 0, length, offset);
  closeSync(fd);
  return bytes;
}

/** True if holes take no room here, and the files below none that would be missed. */
const hasHoles = bytesOnDisk(putSparse("probe", [32 * MIB, Buffer.from("x"), 32 * MIB])) < MIB;
const lines = ({ stdout }: Ran) =>
  stdout
    .trimEnd()
    .split("\n")
    .map(line => JSON.parse(line));

// One file for all of it. `crimg split`, which would have to read all that stands before, has a smaller one; that a search
// goes so far is shown in test/library/large-images.test.ts, and so is what `convert` makes of the whole image.
describe.runIf(hasHoles)("an image of more than 5 GiB behind 4 GiB of something else", () => {
  const start = 4 * GIB + 12_345;
  const at = ["--at", String(start)];
  const input = place.path("in.img");
  let size: number;

  beforeAll(() => {
    const bytes = imageBeyond5GiB();
    expect(sparseLength(bytes)).toBeGreaterThan(5 * GIB);
    putSparse("in.img", [start, ...bytes]);
    ({ size } = statSync(input));
  });

  test("is dumped to its last byte, in order", async () => {
    const ran = await place.crimg(["dump", "--jsonl", "--no-pages", ...at, input]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    const items = lines(ran);
    const offsets = items.map(({ offset }) => offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(items[0]).toMatchObject({ name: "HEAD", offset: start });
    expect(items.at(-1)).toMatchObject({ name: "TAIL", offset: size - 16 });
  });

  test("is verified to its end, and what is found is told where it is", async () => {
    const [report] = lines(await place.crimg(["verify", "--jsonl", ...at, input]));
    expect(report.verdict).toMatchObject({ returns: 0, position: size });
    const found = report.findings.filter(({ path }: { path: string }) => path === "task[2].cpu");
    expect(found.length).toBeGreaterThan(0);
    for (const { offset } of found) expect(size - offset).toBeLessThan(300);
    const { stdout } = await place.crimg(["verify", "--sarif", ...at, input]);
    const region = { byteOffset: found[0].offset };
    expect(JSON.parse(stdout).runs[0].results.at(-1 - found.length + 1).locations[0]).toMatchObject({
      physicalLocation: { region },
    });
  });

  test("that is damaged far behind says where", async () => {
    const fd = openSync(input, "r+");
    const tail = bytesAt(input, size - 8, 8);
    writeSync(fd, Buffer.from("damaged!"), 0, 8, size - 8);
    const ran = await place.crimg(["dump", "--depth", "1", ...at, input]);
    writeSync(fd, tail, 0, 8, size - 8);
    closeSync(fd);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(`(tail at 0x${(size - 16).toString(16)})`);
  });

  test("is converted with its holes: the disk does not fill", async () => {
    const output = place.path("out.img");
    const args = [...at, input, "--to", "cr-3a", "--task", String(smallTask), "-o", output];
    const ran = await place.crimg(["convert", ...args, "-q", "--no-verify"]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    const { size: written } = statSync(output);
    expect(written).toBeGreaterThan(smallTaskMemory);
    expect(bytesOnDisk(output)).toBeLessThan(MIB);
    const dumped = lines(await place.crimg(["dump", "--jsonl", "--no-pages", output]));
    expect(dumped.at(-1)).toMatchObject({ name: "TAIL", offset: written - 16 });
    // What is no hole is there, on both sides of one.
    const near = dumped.find(({ path }) => path === "task[0].mm").offset;
    const items = lines(await place.crimg(["dump", "--jsonl", "--no-pages", ...at, input]));
    const far = items.find(({ path }) => path === "task[2].mm").offset;
    expect(far).toBeGreaterThan(9 * GIB);
    for (const from of [0, written - 300 - near]) {
      expect(bytesAt(output, near + from, 100), String(from)).toEqual(bytesAt(input, far + from, 100));
    }
  });

  test("is decoded without its pages, with the offsets they leave room for", async () => {
    const ran = await place.crimg(["decode", "--pages", "none", ...at, input, "-o", place.path("lines")]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    const last = Buffer.from(place.bytes("lines")).toString().trimEnd().split("\n").at(-1)!;
    expect(JSON.parse(last)).toMatchObject({ name: "TAIL", offset: size - 16 });
  });
});

describe.runIf(hasHoles)("an image that stands behind 4 GiB of something else", () => {
  const offset = 4 * GIB + 12_345;

  test("is taken with --at", async () => {
    const args = ["--at", String(offset), putSparse("far.bin", [offset, image])];
    const [head, ...rest] = lines(await place.crimg(["dump", "--jsonl", ...args]));
    expect(head).toMatchObject({ name: "HEAD", offset });
    expect(rest.at(-1)).toMatchObject({
      name: "TAIL",
      offset: offset + recordNamed(image, "TAIL").offset,
    });
    const converted = await place.crimg(["convert", ...args, "-o", place.path("taken.img"), "-q"]);
    expect(converted).toMatchObject({ status: 0, stderr: "" });
    expect(place.bytes("taken.img")).toEqual(image);
  });
});

test("an image that stands behind 64 MiB of something else is found, and written to a file of its own", async () => {
  const offset = 64 * MIB + 12_345;
  const input = putSparse("behind.bin", [offset, image]);
  const ran = await place.crimg(["split", input, "--into", place.path("parts"), "--json"]);
  expect(ran.status, ran.stderr).toBe(0);
  expect(ran.stderr).toBe(
    `crimg: ${input}: ${offset} bytes at 0x0 belong to no image, and are not written\n`,
  );
  expect(JSON.parse(ran.stdout).images).toEqual([expect.objectContaining({ offset, length: image.length })]);
  expect(place.bytes("parts/behind-0.img")).toEqual(image);
});
