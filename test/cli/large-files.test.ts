import { closeSync, ftruncateSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { recordNamed } from "../image/splice.js";
import { writeImageBeyond4GiB } from "./huge-image.js";
import type { Ran } from "./run-crimg.js";
import { image } from "./to-rev-2.js";
import { workplaces } from "./workplace.js";

const place = workplaces()();
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** A file of `size` bytes, which are a hole but for those given. */
function putSparse(name: string, size: number, at: number, bytes: Uint8Array): string {
  const fd = openSync(place.path(name), "wx");
  ftruncateSync(fd, size);
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
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
const hasHoles = bytesOnDisk(putSparse("probe", 64 * MIB, 32 * MIB, Buffer.from("x"))) < MIB;
const lines = ({ stdout }: Ran) =>
  stdout
    .trimEnd()
    .split("\n")
    .map(line => JSON.parse(line));

describe.runIf(hasHoles)("an image of more than 5 GiB", () => {
  const input = place.path("in.img");
  let size: number;

  beforeAll(() => {
    writeImageBeyond4GiB(input);
    ({ size } = statSync(input));
    expect(size).toBeGreaterThan(5 * GIB);
  });

  test("is dumped to its last byte, in order", async () => {
    const ran = await place.crimg(["dump", "--jsonl", "--no-pages", input]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    const items = lines(ran);
    const offsets = items.map(({ offset }) => offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(items.at(-1)).toMatchObject({ name: "TAIL", offset: size - 16 });
  });

  test("is verified to its end, and what is found is told where it is", async () => {
    const [report] = lines(await place.crimg(["verify", "--jsonl", input]));
    expect(report.verdict).toMatchObject({ returns: 0, position: size });
    const found = report.findings.filter(({ path }: { path: string }) => path === "task[1].cpu");
    expect(found.length).toBeGreaterThan(0);
    for (const { offset } of found) expect(size - offset).toBeLessThan(300);
    const { stdout } = await place.crimg(["verify", "--sarif", input]);
    const region = { byteOffset: found[0].offset };
    expect(JSON.parse(stdout).runs[0].results.at(-1 - found.length + 1).locations[0]).toMatchObject({
      physicalLocation: { region },
    });
  });

  test("that is damaged far behind says where", async () => {
    const fd = openSync(input, "r+");
    const tail = bytesAt(input, size - 8, 8);
    writeSync(fd, Buffer.from("damaged!"), 0, 8, size - 8);
    const ran = await place.crimg(["dump", "--depth", "1", input]);
    writeSync(fd, tail, 0, 8, size - 8);
    closeSync(fd);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(`(tail at 0x${(size - 16).toString(16)})`);
  });

  test("is converted with its holes: the disk does not fill", async () => {
    const output = place.path("out.img");
    const ran = await place.crimg(["convert", input, "--to", "cr-3a", "-o", output, "-q", "--no-verify"]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(statSync(output).size).toBe(size);
    expect(bytesOnDisk(output)).toBeLessThan(256 * MIB);
    const dumped = lines(await place.crimg(["dump", "--jsonl", "--no-pages", output]));
    expect(dumped.at(-1)).toMatchObject({ name: "TAIL", offset: size - 16 });
    // What is no hole is there, on both sides of one.
    for (const offset of [0, dumped.find(({ path }) => path === "task[1].mm").offset, size - 300]) {
      expect(bytesAt(output, offset, 100), String(offset)).toEqual(bytesAt(input, offset, 100));
    }
  });

  test("is decoded without its pages, with the offsets they leave room for", async () => {
    const ran = await place.crimg(["decode", "--pages", "none", input, "-o", place.path("lines")]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    const last = Buffer.from(place.bytes("lines")).toString().trimEnd().split("\n").at(-1)!;
    expect(JSON.parse(last)).toMatchObject({ name: "TAIL", offset: size - 16 });
  });
});

describe.runIf(hasHoles)("an image that stands behind 4 GiB of something else", () => {
  const offset = 4 * GIB + 12_345;
  const input = place.path("far.bin");

  beforeAll(() => void putSparse("far.bin", offset + image.length, offset, image));

  test("is taken with --at", async () => {
    const args = ["--at", String(offset), input];
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

  test("is found, and written to a file of its own", async () => {
    const ran = await place.crimg(["split", input, "--into", place.path("parts"), "--json"]);
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stderr).toBe(
      `crimg: ${input}: ${offset} bytes at 0x0 belong to no image, and are not written\n`,
    );
    expect(JSON.parse(ran.stdout).images).toEqual([
      expect.objectContaining({ offset, length: image.length }),
    ]);
    expect(place.bytes("parts/far-0.img")).toEqual(image);
  });
});
