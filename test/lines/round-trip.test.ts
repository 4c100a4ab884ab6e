import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CrimgError } from "../../src/errors.js";
import { dialects } from "../../src/formats/cr/dialects.js";
import { formats } from "../../src/formats/registry.js";
import { Image } from "../../src/image.js";
import { decodeLines } from "../../src/index.js";
import { blobSource, streamSource } from "../../src/source/source.js";
import { chunkSizes, pipeOf, streamOf } from "../image/chunked.js";
import { mutated, mutation } from "../image/mutation.js";
import { chunk4196, onePerDialect, sample, samples } from "../image/samples.js";
import { seeded } from "../image/seeded.js";
import { concat, overwritten, recordNamed, withField, withInserted, withLen } from "../image/splice.js";
import { oneIn, shareOf } from "../share.js";
import { decoded, encoded, expectEqual, expectSameBytes } from "./there-and-back.js";

/** Printed with a failure, too; set CRIMG_SEED to try another. */
const seed = Number(process.env["CRIMG_SEED"] ?? 20081204);
const runs = Number(process.env["CRIMG_RUNS"] ?? shareOf(300, 6));
const small = samples.filter(({ bytes }) => bytes.length < 50_000);

describe("decoded and encoded, an image is the same, byte for byte:", () => {
  it.each(samples)("$name", ({ bytes, name }) => expectSameBytes(bytes, name));

  it("with 4196 pages in an area, and a running total", async () => {
    await expectSameBytes(chunk4196(), "chunk4196");
  });

  it.each(onePerDialect)(
    "$name cut at random places, and at each of its first and last bytes",
    async sample => {
      const { bytes, name } = sample;
      const below = seeded(seed);
      const edges = Array.from({ length: 100 }, (_, i) => [232 + i, bytes.length - i - 1]).flat();
      const places = Array.from({ length: 150 }, () => 232 + below(bytes.length - 232));
      for (const cut of oneIn(29, [...edges, ...places]))
        await expectSameBytes(bytes.subarray(0, cut), `${name} to ${cut}`);
    },
  );

  it(`samples damaged in up to 5 ways (seed ${seed})`, async () => {
    const changes = fc.array(mutation, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...small), changes, async ({ name, bytes }, list) => {
        await expectSameBytesOrNoImage(list.reduce(mutated, bytes), name);
      }),
      { seed, numRuns: runs },
    );
  });

  it(`damaged images around stretches of garbage (seed ${seed})`, async () => {
    const below = seeded(seed);
    const garbage = Uint8Array.from({ length: 200_000 }, () => below(256));
    const length = fc.nat(garbage.length);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...small),
        fc.array(mutation, { maxLength: 2 }),
        length,
        length,
        fc.constantFrom(...small),
        async ({ name, bytes }, changes, before, between, other) => {
          const image = changes.reduce(mutated, bytes);
          const parts = [garbage.subarray(0, before), image, garbage.subarray(between), other.bytes];
          await expectSameBytesOrNoImage(concat(...parts), name);
        },
      ),
      { seed, numRuns: Math.ceil(runs / 10) },
    );
  });

  it("taken for a dialect that it is not", async () => {
    for (const { name, bytes } of onePerDialect) {
      for (const dialect of dialects) {
        await expectSameBytes(bytes, `${name} as ${dialect.name}`, { dialect });
      }
    }
  });
});

async function expectSameBytesOrNoImage(bytes: Uint8Array, about: string): Promise<void> {
  try {
    await expectSameBytes(bytes, about);
  } catch (error) {
    if (error instanceof CrimgError && error.code === "not-an-image") return;
    throw error;
  }
}

describe("what stands against the format comes back as it was:", () => {
  const { bytes } = sample("v6-files");
  const vma = recordNamed(bytes, "VMA", 2);
  const payload = vma.offset + 8;
  const cases: Record<string, Uint8Array> = {
    "a len that lies": withLen(bytes, vma, 40),
    "a negative len": withLen(bytes, vma, -1),
    "a payload that is short by half a field": withLen(
      concat(bytes.subarray(0, payload + 44), bytes.subarray(payload + 48)),
      vma,
      44,
    ),
    "a payload of nothing": withLen(concat(bytes.subarray(0, payload), bytes.subarray(payload + 48)), vma, 0),
    "a payload with more than its struct": withLen(
      withInserted(bytes, payload + 48, Uint8Array.of(1, 2, 3, 4, 5)),
      vma,
      53,
    ),
    "a record of an unknown type": withInserted(
      bytes,
      vma.offset,
      Uint8Array.of(0xb7, 0x0b, 3, 0, 7, 0, 0, 0, 0xaa, 0xbb, 0xcc),
    ),
    "a damaged magic": withField(bytes, recordNamed(bytes, "TAIL"), "magic", 0x1234n),
    "comm that is no UTF-8": named(bytes, "STRING", Uint8Array.of(0xff, 0xfe, 0x80, 0xc2, 0x41)),
    "a path of bytes that are no UTF-8": named(
      bytes,
      "FNAME",
      Uint8Array.of(0x2f, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80),
    ),
    "a path with a byte order mark": named(bytes, "FNAME", Uint8Array.of(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf)),
    "a path without a NUL": named(
      bytes,
      "FNAME",
      Uint8Array.from({ length: 9 }, () => 0x61),
    ),
    "a path of NULs": named(bytes, "FNAME", new Uint8Array(9)),
    "a path with quotes and line ends": named(
      bytes,
      "FNAME",
      Uint8Array.of(0x22, 0x0a, 0x0d, 0x5c, 0x22, 0x3a, 0x7f),
    ),
  };

  it.each(Object.entries(cases))("%s", (name, image) => expectSameBytes(image, name));
});

/** With other bytes at the start of the first text of this name. */
function named(bytes: Uint8Array, record: string, text: Uint8Array): Uint8Array {
  return overwritten(bytes, recordNamed(bytes, record).offset + 8, text);
}

describe("the lines do not depend on how bytes come:", () => {
  const { bytes } = sample("v9-tree");
  const { lines } = decoded(bytes);

  it.each(chunkSizes)("in pieces of %i", async size => {
    const blob = new Image(blobSource(new Blob([bytes])), {}, formats);
    const found: string[] = [];
    for await (const part of decodeLines(blob)) found.push(String(part));
    expect(found).toEqual(lines);
    expectEqual(await encoded(streamOf(Buffer.from(lines.join("\n")), size)), bytes, `${size} a piece`);
  });

  it("and what comes only once is refused, unless it is no image", async () => {
    expect(() => decoded(pipeOf(bytes))).toThrow(/decode needs an input that can be read twice/);
    const stream = new Image(streamSource(streamOf(bytes, 1000)), {}, formats);
    await expect(decodeLines(stream).next()).rejects.toThrow(/read twice/);
    expect(() => decoded(pipeOf(new Uint8Array(0)))).toThrow(/the input is empty/);
  });
});

describe("lines are bounded:", () => {
  it("none of 20 MB of pages and garbage is longer than 1 MiB", () => {
    const { lines } = decoded(concat(new Uint8Array(3_000_000), chunk4196()));
    expect(lines.length).toBeGreaterThan(300);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThan(1024 * 1024);
  });

  it("nor with pids of 70,000 tasks", async () => {
    const { bytes } = sample("v13-tree");
    const tree = recordNamed(bytes, "TREE");
    const ids = new Uint8Array(69_995 * 16).fill(0xfe);
    const many = withField(withInserted(bytes, tree.offset + 16, ids), tree, "tasks_nr", 70_000);
    const { lines } = decoded(many);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThan(1024 * 1024);
    expectEqual(await encoded(lines), many, "70,000 tasks");
  });
});

describe("of several images in a file", () => {
  const { bytes } = sample("v6-twice");

  it("each has its image line", () => {
    const images = decoded(bytes).lines.filter(line => line.startsWith('{"kind":"image"'));
    expect(images.map(line => JSON.parse(line))).toEqual([
      { kind: "image", image: 0, offset: 0, dialect: "cr-2", why: "rev 2" },
      { kind: "image", image: 1, offset: 22604, dialect: "cr-2", why: "rev 2" },
    ]);
  });

  it("one can be taken", async () => {
    const { lines } = decoded(bytes, { image: 1 });
    expectEqual(await encoded(lines), bytes.subarray(22604));
  });
});
