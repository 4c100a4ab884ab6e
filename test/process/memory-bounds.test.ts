import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cr3b } from "../../src/formats/cr/cr-3b.js";
import { workplaces } from "../cli/workplace.js";
import { sampleBytes } from "../format/samples.js";
import { addressesFrom, makeImage } from "../image/made-image.js";
import { concat, recordNamed, withField, withLen } from "../image/splice.js";
import { oneIn, takesAll } from "../share.js";
import { spawnMeasured } from "./peak-memory.js";

const newWorkplace = workplaces();
const shared = newWorkplace();
const stackTrace = /\n\s+at /;

describe.concurrent("memory does not grow with a number that an image says", () => {
  const tree = sampleBytes("cr-3a/v9-tree.img");
  const hostile = {
    nr_pages: withField(tree, recordNamed(tree, "PGARR", 3), "nr_pages", 2n ** 63n),
    "nr_pages of u32": withField(tree, recordNamed(tree, "PGARR", 3), "nr_pages", 0xffff_ffffn),
    map_count: withField(tree, recordNamed(tree, "MM"), "map_count", 0xffff_ffff),
    nldt: withField(tree, recordNamed(tree, "MM_CONTEXT"), "nldt", 0x7fff),
    tasks_nr: withField(tree, recordNamed(tree, "TREE"), "tasks_nr", 0x7fff_ffff),
  };

  const ways = Object.entries(hostile).flatMap(([name, image]) =>
    ["--hex", "--json", "--no-pages"].map(view => [name, view, image] as const),
  );

  test.each(oneIn(7, ways))("%s: dump %s", async (name, view, image) => {
    const file = shared.put(`dump ${name} ${view}.img`, image);
    const ran = await spawnMeasured(["dump", file, view]);
    expect(ran.status, ran.stderr).toBe(1);
    expect(ran.peak).toBeGreaterThan(10);
    expect(ran.peak).toBeLessThan(150);
  });
});

describe.concurrent("verify takes no more memory than it says, whatever an image says", () => {
  const tree = sampleBytes("cr-3b/v13-tree.img");
  const v6 = sampleBytes("cr-2/v6-tls1.img");
  const chunk = recordNamed(tree, "PGARR", 3);
  const withPages = (value: bigint) => withField(tree, chunk, "nr_pages", value);
  const withTasks = (value: number) => withField(tree, recordNamed(tree, "TREE"), "tasks_nr", value);
  const hostile: Record<string, () => Uint8Array> = {
    "nr_pages of 2^31": () => withPages(2n ** 31n),
    "nr_pages of 2^32 - 1": () => withPages(2n ** 32n - 1n),
    "nr_pages of 2^63": () => withPages(2n ** 63n),
    map_count: () => withField(tree, recordNamed(tree, "MM"), "map_count", 0xffff_ffff),
    "nfds of 1048576": () => withField(v6, recordNamed(v6, "FILES"), "nfds", 1048576),
    "tasks_nr of 2^28": () => withTasks(2 ** 28),
    "tasks_nr of 2^18, and as many pids": () => {
      const { offset } = recordNamed(tree, "TREE");
      return concat(
        withTasks(2 ** 18).subarray(0, offset + 16),
        new Uint8Array(2 ** 22),
        tree.subarray(offset),
      );
    },
    "a record that leads back": () => withLen(tree, recordNamed(tree, "CPU", 2), -400),
    "48 MiB of zeros behind a head": () => concat(v6.subarray(0, 232), new Uint8Array(48 * 2 ** 20)),
    "a million errors": () => {
      const files = withField(v6, recordNamed(v6, "FILES"), "nfds", 0xfffff);
      const entry = withField(v6, recordNamed(v6, "FD_ENT"), "objref", 0);
      const { offset, length } = recordNamed(v6, "FD_ENT");
      const many = new Uint8Array(length * 300_000);
      for (let at = 0; at < many.length; at += length) many.set(entry.subarray(offset, offset + length), at);
      return concat(files.subarray(0, offset), many);
    },
  };

  test.each(oneIn(5, Object.entries(hostile)))("%s", async (name, make) => {
    const file = shared.put(`verify ${name}.img`, make());
    const ran = await spawnMeasured(["verify", file]);
    expect(ran.stderr).toBe("");
    expect(ran.status).toBe(1);
    expect(ran.peak).toBeGreaterThan(10);
    expect(ran.peak).toBeLessThan(150);
  });

  test("64 MiB of zeros through a pipe", async () => {
    const zeros = ["sh", "-c", 'head -c 67108864 /dev/zero | "$@"', "sh"];
    const ran = await spawnMeasured(["verify", "-"], { behind: zeros });
    expect(ran.status, ran.stderr).toBe(1);
    expect(ran.stderr).not.toMatch(stackTrace);
    expect(ran.stdout).toContain("not-an-image");
    expect(ran.peak).toBeLessThan(150);
  });
});

describe.runIf(takesAll && process.platform === "linux")("memory does not grow with the image", () => {
  const expectSmall = ({ peak, status, stderr }: Awaited<ReturnType<typeof spawnMeasured>>) => {
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(peak).toBeGreaterThan(10);
    expect(peak).toBeLessThan(120);
  };
  const run = (...args: string[]) => spawnMeasured(args);
  const digest = (path: string) => createHash("sha1").update(readFileSync(path)).digest("hex");
  const start = 0x10000000;

  test("of many pages", async () => {
    const { path } = newWorkplace();
    const count = 20_000;
    const area = { start, end: start + count * 4096, chunks: [] };
    const bytes = makeImage(cr3b, { tasks: [{ pid: 7, areas: [area] }] });
    // One chunk with all pages, as no kernel would write it: 80 MB, a hole in the file.
    const at = recordNamed(bytes, "PGARR").offset;
    const chunk = bytes.slice(at, at + 16);
    new DataView(chunk.buffer).setUint32(8, count, true);
    const fd = openSync(path("image"), "w");
    const addresses = Uint32Array.from(addressesFrom(start, count));
    let end = writeSync(fd, concat(bytes.subarray(0, at), chunk, new Uint8Array(addresses.buffer)));
    end += count * 4096;
    ftruncateSync(fd, end);
    writeSync(fd, bytes.subarray(at), 0, bytes.length - at, end);
    closeSync(fd);

    expectSmall(await run("decode", path("image"), "-o", path("lines")));
    expectSmall(await run("encode", path("lines"), "-o", path("same"), "--fix-counts"));
    expect(digest(path("same"))).toBe(digest(path("image")));
    expectSmall(await run("decode", path("image"), "-o", path("lines"), "--pages", path("pages")));
    expectSmall(await run("encode", path("lines"), "-o", path("same"), "--pages", path("pages"), "--force"));
    expect(digest(path("same"))).toBe(digest(path("image")));
  });

  test("of many areas, and of a stretch that is no image", async () => {
    const { path, put } = newWorkplace();
    const area = (i: number) => ({ start: start + i * 4096, end: start + (i + 1) * 4096, chunks: [] });
    const areas = Array.from({ length: 50_000 }, (_, i) => area(i));
    const image = makeImage(cr3b, { tasks: [{ pid: 7, areas }] });
    put("image", concat(image, new Uint8Array(30_000_000).fill(0x5a), image));
    expectSmall(await run("decode", path("image"), "-o", path("lines")));
    expectSmall(await run("encode", path("lines"), "-o", path("same"), "--fix-counts"));
    expect(digest(path("same"))).toBe(digest(path("image")));
  });
});
