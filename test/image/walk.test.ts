import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cr1 } from "../../src/formats/cr/cr-1.js";
import { cr2 } from "../../src/formats/cr/cr-2.js";
import { cr3b } from "../../src/formats/cr/cr-3b.js";
import { i386 } from "../../src/formats/cr/framing.js";
import { HEAD_SPAN } from "../../src/formats/cr/probe.js";
import { fileSource } from "../../src/source/file-source.js";
import { blobSource, bytesSource, streamSource } from "../../src/source/source.js";
import { elements } from "../../src/stream/item.js";
import { oneIn } from "../share.js";
import { chunkSizes, pipeOf, streamOf } from "./chunked.js";
import { collect, collectAsync, errors, rawBlocks, records, type Walked } from "./collect.js";
import { countingSource } from "./counting-source.js";
import { addressesFrom, type MadeChunk, makeImage } from "./made-image.js";
import { expectSameWalk } from "./same-walk.js";
import { chunk4196, onePerDialect, sample, samples } from "./samples.js";
import {
  concat,
  littleEndian,
  overwritten,
  recordNamed,
  withField,
  withInserted,
  without,
} from "./splice.js";
import { expectTiling } from "./tiling.js";

const second = 22604;
const bytesOf = (name: string) => sample(name).bytes;
/** Bytes that are no head, no record and no page address. */
const noise = (length: number) => Uint8Array.from({ length }, (_, i) => 0xb1 + ((i * 7) % 64));

let big: Uint8Array;
let folder: string;
beforeAll(() => {
  big = chunk4196();
  folder = mkdtempSync(join(tmpdir(), "crimg-walk-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Where a record stands, as the walk says it. */
function pathsOf(walked: Walked): Map<string, string> {
  return new Map(
    walked.items.map(item => [item.path, item.kind === "record" ? item.name : item.kind] as const),
  );
}

/** What the findings say, without their places. */
function said({ findings }: Walked): string[] {
  return findings.map(({ isDamage, rule }) => `${isDamage ? "error" : "note"} ${rule}`);
}

describe("An intact image", () => {
  it.each(samples)("$name is tiled by its items", ({ bytes, dialect }) => {
    const walked = collect(bytes);
    expectTiling(walked, bytes);
    expect(new Set(walked.items.map(item => item.kind !== "gap" && item.image.dialect.name))).toEqual(
      new Set([dialect]),
    );
    expect(walked.items.filter(({ kind }) => kind === "unknown" || kind === "gap")).toEqual([]);
  });

  it.each(samples.filter(({ name }) => name !== "v6-pipe"))("$name gives no finding", ({ bytes }) => {
    expect(collect(bytes).findings).toEqual([]);
  });

  it("whose checkpoint failed (v6-pipe) is said to be cut, where it ends", () => {
    const { bytes } = sample("v6-pipe");
    const walked = collect(bytes);
    expect(walked.findings).toMatchObject([
      { isDamage: true, rule: "truncated", offset: bytes.length, path: "task[0].files.fd_ent[3].end" },
    ]);
    expect(walked.findings[0]!.message).toContain("the image ends without TAIL");
    expect(walked.findings[0]!.message).toContain("FD_DATA (303)");
  });

  it("of more than 4096 pages in one area (chunk4196) has one note about the running total", () => {
    const walked = collect(big);
    expectTiling(walked, big);
    expect(walked.findings).toMatchObject([
      { isDamage: false, rule: "running-total", offset: 0x10063a8, path: "task[0].mm.vma[5].pgarr[1]" },
    ]);
    const chunks = records(walked).filter(({ path }) => path.startsWith("task[0].mm.vma[5].pgarr"));
    expect(chunks.map(({ counts: [pages = 0] }) => pages)).toEqual([4096, 100, 0]);
  });
});

describe("However its bytes arrive, an image reads the same:", () => {
  const all = [...samples.map(({ name, bytes }) => ({ name, bytes: () => bytes }))];

  for (const size of chunkSizes) {
    it.each(oneIn(size === 1 ? 4 : 2, all))(`$name in chunks of ${size}`, async ({ name, bytes }) => {
      const walked = await collectAsync(streamSource(streamOf(bytes(), size)));
      expectSameWalk(collect(bytes()), walked, name);
      expectTiling(walked, bytes());
      expectSameWalk(collect(bytes()), collect(pipeOf(bytes(), size)), name);
    });
  }

  it.each(all)("$name as a Blob", async ({ name, bytes }) => {
    const walked = await collectAsync(blobSource(new Blob([bytes().slice()])));
    expectSameWalk(collect(bytes()), walked, name);
    expectTiling(walked, bytes());
  });

  it.each(samples)("$name from its file", ({ name, path, bytes }) => {
    const source = fileSource(path);
    const walked = collect(source);
    source.close?.();
    expectSameWalk(collect(bytes), walked, name);
    expectTiling(walked, bytes);
  });

  it("chunk4196, 17 MB of it, in chunks of 321 and 64 KiB, as a Blob and from a file", async () => {
    const whole = collect(big);
    for (const size of chunkSizes.slice(1)) {
      expectSameWalk(whole, await collectAsync(streamSource(streamOf(big, size))), `chunks of ${size}`);
    }
    expectSameWalk(whole, await collectAsync(blobSource(new Blob([big.slice()]))), "Blob");
    const path = join(folder, "chunk4196.img");
    writeFileSync(path, big);
    const source = fileSource(path);
    expectSameWalk(whole, collect(source), "file");
    source.close?.();
  });

  it("chunk4196's last 1 MB in chunks of 1", async () => {
    // Its 100-page chunk with the running total, in an image that lost its first 4096 pages.
    const shorter = without(withField(big, recordNamed(big, "PGARR", 7), "nr_pages", 0), 0x23a8, 4096 * 4100);
    const walked = await collectAsync(streamSource(streamOf(shorter, 1)));
    expectSameWalk(collect(shorter), walked);
    expectTiling(walked, shorter);
  });
});

describe("Around images:", () => {
  it.each(onePerDialect)(
    "5000 bytes before $name are a gap, and all of it stands 5000 later",
    ({ bytes }) => {
      const input = concat(noise(5000), bytes);
      const walked = collect(input);
      expectTiling(walked, input);
      expect(walked.findings).toMatchObject([{ isDamage: false, rule: "bytes-before", offset: 0 }]);
      expect(walked.items[0]).toMatchObject({ kind: "gap", offset: 0, length: 5000 });
      const shifted = walked.items.slice(1).map(({ offset, length, path }) => [offset - 5000, length, path]);
      expect(shifted).toEqual(collect(bytes).items.map(({ offset, length, path }) => [offset, length, path]));
      expectSameWalk(walked, collect(pipeOf(input)));
    },
  );

  it.each(onePerDialect)("bytes after the TAIL of $name are a gap", ({ bytes }) => {
    for (const extra of [1, 7, 8, 4999, 300_000]) {
      const input = concat(bytes, noise(extra));
      const walked = collect(input);
      expectTiling(walked, input);
      expect(walked.findings).toMatchObject([{ isDamage: false, rule: "bytes-after", offset: bytes.length }]);
      expect(walked.items.at(-1)).toMatchObject({ kind: "gap", offset: bytes.length, length: extra });
      expectSameWalk(walked, collect(pipeOf(input)));
    }
  });

  it("two images of different dialects in one file are both read", () => {
    for (const first of onePerDialect) {
      for (const other of onePerDialect) {
        const input = concat(first.bytes, other.bytes);
        const walked = collect(input);
        expectTiling(walked, input);
        expect(walked.findings).toEqual([]);
        const heads = records(walked).filter(({ name }) => name === "HEAD");
        expect(heads.map(({ image, offset, path }) => [image.dialect.name, offset, path])).toEqual([
          [first.dialect, 0, "head"],
          [other.dialect, first.bytes.length, "image[1].head"],
        ]);
        expectSameWalk(walked, collect(pipeOf(input)));
      }
    }
  });

  it("a gap between two images is no part of either", () => {
    const [first, other] = [bytesOf("v6-tiny"), bytesOf("v13-tiny")];
    const input = concat(first, noise(777), other, noise(3));
    const walked = collect(input);
    expectTiling(walked, input);
    expect(walked.items.filter(({ kind }) => kind === "gap")).toMatchObject([
      { offset: first.length, length: 777 },
      { offset: input.length - 3, length: 3 },
    ]);
    expectSameWalk(walked, collect(pipeOf(input)));
  });

  it("the prefix that a failed checkpoint left (v6-pipe) ends where the next image begins", () => {
    const [prefix, other] = [bytesOf("v6-pipe"), bytesOf("v13-fpu")];
    const input = concat(prefix, other);
    const walked = collect(input);
    expectTiling(walked, input);
    expect(walked.findings).toMatchObject([{ rule: "truncated", offset: prefix.length }]);
    const later = walked.items.filter(item => item.kind !== "gap" && item.image.index === 1);
    expect(later[0]).toMatchObject({ offset: prefix.length, path: "image[1].head" });
    expect(later.length).toBe(collect(other).items.length);
    expectSameWalk(walked, collect(pipeOf(input)));
  });

  it("both images of v6-twice are read, the second at 22604", () => {
    const heads = records(collect(bytesOf("v6-twice"))).filter(({ name }) => name === "HEAD");
    expect(heads.map(({ offset, path }) => [offset, path])).toEqual([
      [0, "head"],
      [second, "image[1].head"],
    ]);
  });
});

describe("Of a file with several images", () => {
  const twice = bytesOf("v6-twice");

  it("the one that is asked for is yielded, and nothing else", () => {
    const all = collect(twice).items;
    for (const image of [0, 1]) {
      const { items, findings } = collect(twice, { image });
      expect(findings).toEqual([]);
      expect(items.map(({ offset }) => offset)).toEqual(
        all.filter(({ offset }) => (offset >= second ? 1 : 0) === image).map(({ offset }) => offset),
      );
      expect(items.every(item => item.kind !== "gap" && item.image.index === image)).toBe(true);
    }
  });

  it("what is wrong with the others is not said", () => {
    const input = concat(noise(100), bytesOf("v6-pipe"), twice, noise(9));
    expect(said(collect(input, { image: 1 }))).toEqual([]);
    expect(said(collect(input, { image: 0 }))).toEqual(["error truncated"]);
  });

  it("one that is not there is wrong usage", () => {
    for (const source of [bytesSource(twice), pipeOf(twice)]) {
      const { error, items } = collect(source, { image: 2 });
      expect(error).toMatchObject({ code: "usage" });
      expect(error!.message).toContain("there is no image 2: the input holds 2");
      expect(items).toEqual([]);
    }
  });

  it("nothing but heads costs little more reading than one: what tells the dialect is not read anew for each", () => {
    const head = bytesOf("v9-fpu").subarray(0, HEAD_SPAN);
    const input = new Uint8Array(Buffer.alloc(8000 * HEAD_SPAN, head));
    const counting = countingSource(input);
    expect(collect(counting.source).items.length).toBe(8000);
    expect(counting.bytesRead()).toBeLessThan(6 * input.length);
  });

  it("reading can begin at any head", () => {
    const alone = collect(twice.slice(second));
    for (const source of [bytesSource(twice), pipeOf(twice)]) {
      const walked = collect(source, { at: second });
      expect(walked.findings).toEqual([]);
      expectTiling(walked, twice, second);
      expect(walked.items[0]).toMatchObject({ offset: second, path: "head" });
      expect(walked.items.map(({ path, length }) => [path, length])).toEqual(
        alone.items.map(({ path, length }) => [path, length]),
      );
    }
  });

  it("reading where no head stands is no image, and says where", () => {
    const { error } = collect(twice, { at: second + 8 });
    expect(error).toMatchObject({ code: "not-an-image", offset: second + 8 });
  });

  it("reading behind the end is no image, and says where the end is", () => {
    const at = twice.length + 5;
    for (const from of [twice, pipeOf(twice)]) {
      const { error } = collect(from, { at });
      expect(error).toMatchObject({ code: "not-an-image", offset: twice.length });
      expect(error!.message).toContain(`the input has only ${twice.length} bytes`);
    }
  });
});

describe("A dialect that is asked for", () => {
  it("is taken, whatever the bytes say", () => {
    for (const dialect of [cr1, cr2, cr3b]) {
      for (const { bytes, name } of onePerDialect) {
        const walked = collect(bytes, { dialect });
        expectTiling(walked, bytes, 0, `${name} as ${dialect.name}`);
        expect(walked.items[0]).toMatchObject({
          image: { dialect: { name: dialect.name }, why: "asked for" },
        });
        expectSameWalk(walked, collect(pipeOf(bytes), { dialect }), `${name} as ${dialect.name}`);
      }
    }
  });

  it("reads an image whose head is destroyed", () => {
    const { bytes } = sample("v6-files");
    const input = overwritten(bytes, 8, noise(224));
    expect(collect(input, { dialect: cr2 }).items.length).toBe(collect(bytes).items.length);
    expect(errors(collect(input, { dialect: cr2 })).every(({ path }) => path === "head")).toBe(true);
  });

  it("reads an image in the other byte order", () => {
    const cr2Big = cr2.next("cr-2-big", { abi: { ...i386, order: "big" } });
    const tasks = [
      {
        pid: 0x01020304,
        areas: [
          {
            start: 0x20000000,
            end: 0x20010000,
            chunks: [
              { nr_pages: 3, addresses: addressesFrom(0x20000000, 3, 2) },
              { nr_pages: 5, addresses: addressesFrom(0x20008000, 2) },
            ],
          },
        ],
      },
    ];
    const input = makeImage(cr2Big, { tasks });
    expect([...input.subarray(0, 16)]).toEqual([
      0, 1, 0, 224, 0, 0, 0, 0, 0, 0xfe, 0xed, 0x0c, 0xc0, 0xa2, 0xd2, 0,
    ]);
    const walked = collect(input, { dialect: cr2Big });
    expectTiling(walked, input);
    const twin = collect(makeImage(cr2, { tasks }));
    // The head's magic reads backwards to detection: nothing else may be said that the little-endian twin does not say.
    expect(walked.findings.filter(({ path }) => path !== "head")).toEqual(twin.findings);
    expect(
      records(walked).map(({ name, path, fields, header, counts }) => [name, path, fields, header, counts]),
    ).toEqual(
      records(twin).map(({ name, path, fields, header, counts }) => [name, path, fields, header, counts]),
    );
    const [addresses] = rawBlocks(walked);
    expect(elements<{ address: number }>(addresses!).map(({ address }) => address)).toEqual(
      addressesFrom(0x20000000, 3, 2),
    );
    expectSameWalk(walked, collect(pipeOf(input), { dialect: cr2Big }));
  });

  it("is needed for the other byte order: without it the image is refused by name", () => {
    const cr2Big = cr2.next("cr-2-big", { abi: { ...i386, order: "big" } });
    const { error } = collect(makeImage(cr2Big, { tasks: [] }));
    expect(error).toMatchObject({ code: "not-an-image" });
    expect(error!.message).toContain("big-endian");
  });
});

describe("Page contents", () => {
  it("are not read: of chunk4196 less than a tenth is, though they are more than 95 % of it", () => {
    const pages = rawBlocks(collect(big)).filter(({ name }) => name === "pages");
    expect(pages.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(0.95 * big.length);
    const counting = countingSource(big);
    expectSameWalk(collect(big), collect(counting.source));
    expect(counting.bytesRead()).toBeLessThan(0.1 * big.length);
  });

  it("of the other images neither, beyond what stands beside a header", () => {
    const counting = countingSource(bytesOf("v6-maps"));
    collect(counting.source);
    expect(counting.largestRead()).toBeLessThanOrEqual(256 * 1024);
  });

  it("are at hand as far as a preview asks for", () => {
    const input = bytesOf("v6-maps");
    for (const preview of [1, 64, 4096, 10_000]) {
      for (const source of [bytesSource(input), pipeOf(input)]) {
        const walked = collect(source, { preview });
        expectTiling(walked, input);
        expectSameWalk(collect(input), walked);
        for (const { name, bytes, length } of rawBlocks(walked)) {
          if (name === "pages") expect(bytes.length).toBeGreaterThanOrEqual(Math.min(preview, length));
        }
      }
    }
  });

  it("are an extent whose count is that of the addresses before", () => {
    const blocks = rawBlocks(collect(bytesOf("v6-maps")));
    for (const [i, block] of blocks.entries()) {
      if (block.name !== "pages") continue;
      expect(block.length).toBe(4096 * block.count);
      expect(blocks[i - 1]).toMatchObject({ name: "addresses", count: block.count });
      expect(blocks[i - 1]!.offset + blocks[i - 1]!.length).toBe(block.offset);
    }
  });
});

describe("Every item has the path of its place:", () => {
  it.each([
    ["v6-files", "head", "HEAD"],
    ["v6-files", "task[0]", "TASK"],
    ["v6-files", "task[0].string", "STRING"],
    ["v6-files", "task[0].mm", "MM"],
    ["v6-files", "task[0].mm.vma[3]", "VMA"],
    ["v6-files", "task[0].mm.vma[3].fname", "FNAME"],
    ["v6-files", "task[0].mm.vma[3].pgarr[0]", "PGARR"],
    ["v6-files", "task[0].mm.vma[3].pgarr[0].addresses", "raw"],
    ["v6-files", "task[0].mm.vma[3].pgarr[0].pages", "raw"],
    ["v6-files", "task[0].mm.vma[3].pgarr[1]", "PGARR"],
    ["v6-files", "task[0].mm.mm_context", "MM_CONTEXT"],
    ["v6-files", "task[0].files", "FILES"],
    ["v6-files", "task[0].files.fd_ent[2]", "FD_ENT"],
    ["v6-files", "task[0].files.fd_ent[2].fd_data", "FD_DATA"],
    ["v6-files", "task[0].files.fd_ent[2].fd_data.fname", "FNAME"],
    ["v6-files", "task[0].thread", "THREAD"],
    ["v6-files", "task[0].thread.tls", "raw"],
    ["v6-files", "task[0].cpu", "CPU"],
    ["v6-files", "tail", "TAIL"],
    ["v6-ldt", "task[0].mm.mm_context.ldt", "raw"],
    ["v6-twice", "image[1].head", "HEAD"],
    ["v6-twice", "image[1].task[0].mm.vma[0]", "VMA"],
    ["v6-twice", "image[1].tail", "TAIL"],
    ["v9-tree", "head_arch", "HEAD_ARCH"],
    ["v9-tree", "tree", "TREE"],
    ["v9-tree", "tree.pids", "raw"],
    ["v9-tree", "task[4].mm.vma[0].pgarr[0]", "PGARR"],
    ["v13-tree", "task[4].cpu", "CPU"],
    ["v13-fpu", "task[0].cpu.xstate", "raw"],
  ])("%s has %s, which is %s", (name, path, record) => {
    expect(pathsOf(collect(bytesOf(name))).get(path)).toBe(record);
  });

  it.each(samples)("in $name no path is given twice", ({ bytes }) => {
    const { items } = collect(bytes);
    expect(new Set(items.map(({ path }) => path)).size).toBe(items.length);
  });
});

describe("A pipe that ends", () => {
  it("inside page contents ends the walk as the end of a file does", () => {
    const bytes = bytesOf("v6-maps");
    for (const { name, offset, length } of rawBlocks(collect(bytes))) {
      if (name !== "pages") continue;
      for (const cut of [offset + 1, offset + length - 1]) {
        const input = bytes.slice(0, cut);
        const walked = collect(pipeOf(input, 64 * 1024));
        expectTiling(walked, input);
        expectSameWalk(collect(input), walked, `cut at ${cut}`);
        expect(said(walked)).toEqual(["error truncated"]);
      }
    }
  });
});

describe("A repaired image", () => {
  it("without the TLS bytes that v6 wrote for nothing is read in step, with a note", () => {
    const { bytes } = sample("v6p5-tiny");
    for (const name of ["v6-tiny", "v6p5-tiny"]) {
      const original = name === "v6p5-tiny" ? bytes : bytesOf(name);
      const thread = recordNamed(original, "THREAD");
      const input = without(original, thread.offset + thread.length, 24);
      const walked = collect(input);
      expectTiling(walked, input);
      expect(walked.findings).toMatchObject([
        { isDamage: false, rule: "tls-left-out", offset: thread.offset, path: "task[0].thread" },
      ]);
      expect(records(walked).map(record => record.name)).toEqual(
        records(collect(original)).map(record => record.name),
      );
      expectSameWalk(walked, collect(pipeOf(input)));
    }
  });

  it("with the true count in the place of the running total walks without a word", () => {
    const header = records(collect(big)).find(({ offset }) => offset === 0x10063a8)!;
    const repaired = withField(big, header, "nr_pages", 100);
    const walked = collect(repaired);
    expect(walked.findings).toEqual([]);
    expectTiling(walked, repaired);
    expect(walked.items.length).toBe(collect(big).items.length);
    expectSameWalk(walked, collect(pipeOf(repaired, 64 * 1024)));
  });
});

describe("Chunks of pages", () => {
  const area = { start: 0x20000000, end: 0x24000000 };
  const walkChunks = (chunks: readonly MadeChunk[]) => {
    const input = makeImage(cr2, { tasks: [{ pid: 7, areas: [{ ...area, chunks }] }] });
    const walked = collect(input);
    expectTiling(walked, input);
    expectSameWalk(walked, collect(pipeOf(input)));
    const pages = records(walked).flatMap(({ name, counts: [pages = 0] }) =>
      name === "PGARR" ? [pages] : [],
    );
    return { walked, pages };
  };

  it("may be empty: 4096 after 4096 announces nothing new (v6-v11)", () => {
    const { walked, pages } = walkChunks([
      { nr_pages: 4096, addresses: addressesFrom(area.start, 4096) },
      { nr_pages: 4096, addresses: [] },
    ]);
    expect(pages).toEqual([4096, 0, 0]);
    expect(said(walked)).toEqual(["note running-total"]);
    expect(walked.findings[0]!.message).toContain("0 pages follow");
  });

  it("may be empty after small ones too", () => {
    const { walked, pages } = walkChunks([
      { nr_pages: 2, addresses: addressesFrom(area.start, 2) },
      { nr_pages: 2, addresses: [] },
    ]);
    expect(pages).toEqual([2, 0, 0]);
    expect(said(walked)).toEqual(["note running-total"]);
  });

  it("with a damaged address in the second one keep their counts, if the next record stands behind them", () => {
    const [first, second, third] = addressesFrom(area.start, 3);
    for (const damaged of [first!, third! + 0x7f, area.end]) {
      const { walked, pages } = walkChunks([
        { nr_pages: 1, addresses: [first!] },
        { nr_pages: 2, addresses: [second!, damaged] },
      ]);
      expect(pages).toEqual([1, 2, 0]);
      expect(walked.findings).toEqual([]);
    }
  });

  it("as v12 writes them carry their own counts", () => {
    const { walked, pages } = walkChunks([
      { nr_pages: 30, addresses: addressesFrom(area.start, 30) },
      { nr_pages: 30, addresses: addressesFrom(area.start + 0x100000, 30) },
      { nr_pages: 50, addresses: addressesFrom(area.start + 0x200000, 50) },
      { nr_pages: 1, addresses: addressesFrom(area.start + 0x300000, 1) },
    ]);
    expect(pages).toEqual([30, 30, 50, 1, 0]);
    expect(walked.findings).toEqual([]);
  });

  it("as v6 writes them add up (heap64m: 4096, 5120, 6144)", () => {
    const { walked, pages } = walkChunks([
      { nr_pages: 4096, addresses: addressesFrom(area.start, 4096) },
      { nr_pages: 5120, addresses: addressesFrom(area.start + 4096 * 4096, 1024) },
      { nr_pages: 6144, addresses: addressesFrom(area.start + 5120 * 4096, 1024) },
    ]);
    expect(pages).toEqual([4096, 1024, 1024, 0]);
    expect(said(walked)).toEqual(["note running-total", "note running-total"]);
  });

  it("begin anew in the next area", () => {
    const tasks = [
      {
        pid: 7,
        areas: [
          { ...area, chunks: [{ nr_pages: 9, addresses: addressesFrom(area.start, 9) }] },
          {
            start: 0x30000000,
            end: 0x30009000,
            chunks: [{ nr_pages: 9, addresses: addressesFrom(0x30000000, 9) }],
          },
        ],
      },
    ];
    expect(collect(makeImage(cr2, { tasks })).findings).toEqual([]);
  });
});

describe("The pids array", () => {
  const pidsOf = (tasks: number) => Array.from({ length: tasks }, (_, i) => 1000 + i);
  const imageOf = (pids: readonly number[], written = pids) =>
    makeImage(cr3b, { tasks: pids.map(pid => ({ pid, areas: [] })), pids: written });

  it("of 300 tasks that repeats from the 257th on, as v9-v13 write it, gives a note", () => {
    const pids = pidsOf(300);
    const input = imageOf(pids, [...pids.slice(0, 256), ...pids.slice(0, 44)]);
    const walked = collect(input);
    expectTiling(walked, input);
    const block = rawBlocks(walked)[0]!;
    expect(walked.findings).toMatchObject([
      { isDamage: false, rule: "pids-repeat", offset: block.offset + 256 * 16, path: "tree.pids" },
    ]);
    expect(block.count).toBe(300);
    expect(records(walked).at(-2)!.path).toBe("task[299].cpu");
    expectSameWalk(walked, collect(pipeOf(input)));
  });

  it("of 300 tasks that does not repeat, or of 256, gives none", () => {
    expect(collect(imageOf(pidsOf(300))).findings).toEqual([]);
    expect(collect(imageOf(pidsOf(256))).findings).toEqual([]);
  });
});

describe("CPU", () => {
  it("of 784 bytes (2.6.27) and of 896 (2.6.28) are both read, by their len", () => {
    const { bytes } = sample("v6-fpu");
    const cpu = recordNamed(bytes, "CPU");
    expect(cpu.header.len).toBe(784);
    const payload = bytes.slice(cpu.offset + 8, cpu.offset + cpu.length);
    const state = payload.slice(272);
    // On the newer base the union is aligned to 64 and holds 576 bytes.
    const longer = concat(payload.slice(0, 272), new Uint8Array(48), state, noise(64));
    const input = concat(
      bytes.slice(0, cpu.offset + 2),
      littleEndian(896, 2),
      bytes.slice(cpu.offset + 4, cpu.offset + 8),
      longer,
      bytes.slice(cpu.offset + cpu.length),
    );
    const walked = collect(input);
    expectTiling(walked, input);
    expect(walked.findings).toEqual([]);
    const found = records(walked).find(({ name }) => name === "CPU")!;
    expect(found).toMatchObject({ header: { len: 896 }, length: 904, excess: undefined });
    const fields = found.fields as unknown as Record<string, unknown>;
    const before = cpu.fields as unknown as Record<string, unknown>;
    for (const name of ["ip", "sp", "debugreg7", "used_math", "has_fxsr"]) {
      expect(fields[name], name).toEqual(before[name]);
    }
    expect(fields["xstate"]).toEqual(concat(state, noise(64)));
    expectSameWalk(walked, collect(pipeOf(input)));
  });

  it("that is missing is named, and the walk goes on to the TAIL", () => {
    for (const name of ["v6-tls1", "v6p5-tls1", "v9-tls1", "v13-tls1"]) {
      const { bytes } = sample(name);
      const cpu = recordNamed(bytes, "CPU");
      const input = without(bytes, cpu.offset, cpu.length);
      const walked = collect(input);
      expectTiling(walked, input, 0, name);
      expect(errors(walked), name).toMatchObject([{ rule: "record-order", offset: cpu.offset }]);
      expect(errors(walked)[0]!.message).toMatch(/^expected CPU \(10[34]\), found TAIL \(5001\)$/);
      expect(walked.items.at(-1)).toMatchObject({ path: "tail", name: "TAIL" });
      expectSameWalk(walked, collect(pipeOf(input)), name);
    }
  });
});

describe("Between records,", () => {
  const { bytes } = sample("v6-files");
  const place = recordNamed(bytes, "FILES").offset;
  const header = (type: number, len: number) =>
    concat(littleEndian(type, 2), littleEndian(len, 2), littleEndian(9, 4));

  it.each([0, 1, 8, 100, 5000])("a record of an unknown type with %d bytes is passed over", len => {
    const input = withInserted(bytes, place, concat(header(777, len), noise(len)));
    const walked = collect(input);
    expectTiling(walked, input);
    expect(walked.findings).toMatchObject([{ isDamage: false, rule: "unknown-record", offset: place }]);
    const unknown = walked.items.filter(({ kind }) => kind === "unknown");
    expect(unknown).toMatchObject([
      { offset: place, length: 8 + len, header: { type: 777, len, parent: 9 } },
    ]);
    expect(records(walked).map(({ path }) => path)).toEqual(records(collect(bytes)).map(({ path }) => path));
    expectSameWalk(walked, collect(pipeOf(input)));
  });

  it("several unknown records in a row are passed over", () => {
    const stranger = concat(header(777, 12), noise(12));
    const input = withInserted(bytes, place, concat(stranger, stranger, stranger));
    const walked = collect(input);
    expectTiling(walked, input);
    expect(said(walked)).toEqual(Array(3).fill("note unknown-record"));
    expectSameWalk(walked, collect(pipeOf(input)));
  });

  it.each([9, 64, 5000])(
    "%d bytes of garbage end what can be read, and the error says what was expected",
    length => {
      const input = withInserted(bytes, place, noise(length));
      const walked = collect(input);
      expectTiling(walked, input);
      expect(errors(walked)).toMatchObject([{ rule: "garbage", offset: place }]);
      expect(errors(walked)[0]!.message).toMatch(
        /^expected FILES \(301\), found type -?\d+ with length -?\d+$/,
      );
      expect(walked.items.filter(({ kind }) => kind === "unknown")).toMatchObject([
        { offset: place, length: input.length - place, header: undefined },
      ]);
      expect(walked.items.at(-1)!.offset).toBe(place);
      expectSameWalk(walked, collect(pipeOf(input)));
    },
  );

  it("garbage costs only its own image: the next head is found", () => {
    const input = concat(withInserted(bytes, place, noise(64)), bytesOf("v13-fpu"));
    const walked = collect(input);
    expectTiling(walked, input);
    expect(walked.items.filter(({ kind }) => kind === "unknown").length).toBe(1);
    expect(pathsOf(walked).get("image[1].tail")).toBe("TAIL");
    expectSameWalk(walked, collect(pipeOf(input)));
  });

  // Up to 256 KiB are read at once, so a head near there is at hand only in part.
  const lengths = oneIn(
    9,
    Array.from({ length: 72 }, (_, i) => 256 * 1024 - 400 + 7 * i),
  );

  it("a head is found wherever it stands to the bytes that are read at once", () => {
    const other = bytesOf("v5p2-tiny");
    for (const length of lengths) {
      const input = concat(bytes.subarray(0, place), noise(length), other);
      const walked = collect(input);
      expectTiling(walked, input, 0, `${length}`);
      expect(pathsOf(walked).get("image[1].tail"), `${length} bytes of garbage`).toBe("TAIL");
      expectSameWalk(walked, collect(pipeOf(input, 64 * 1024)));
    }
  });

  it("a head after bytes that are no image is found likewise", () => {
    const other = bytesOf("v5p2-tiny");
    for (const length of lengths) {
      const input = concat(noise(length), other);
      const walked = collect(input);
      expectTiling(walked, input, 0, `${length}`);
      expect(walked.items.at(-1), `${length} bytes before`).toMatchObject({ path: "tail" });
      expectSameWalk(walked, collect(pipeOf(input, 64 * 1024)));
    }
  });
});
