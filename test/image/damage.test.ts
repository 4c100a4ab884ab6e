import { describe, expect, it } from "vitest";
import { cr2 } from "../../src/formats/cr/cr-2.js";
import type { RecordItem } from "../../src/stream/item.js";
import { oneIn } from "../share.js";
import { expectSoundWalk } from "./any-input.js";
import { collect, errors, records, type Walked } from "./collect.js";
import { makeImage } from "./made-image.js";
import { onePerDialect, sample, samples } from "./samples.js";
import { seeded } from "./seeded.js";
import { concat, overwritten, recordNamed, withField, withLen } from "./splice.js";

const seed = 20081008;
const bytesOf = (name: string) => sample(name).bytes;

/** The walk yields the same as that of the intact image, up to the place of the damage. */
function expectSameBefore(offset: number, damaged: Walked, intact: Uint8Array): void {
  const upTo = (walked: Walked) =>
    walked.items
      .filter(item => item.offset + item.length <= offset)
      .map(({ kind, offset, length, path }) => [kind, offset, length, path]);
  expect(upTo(damaged)).toEqual(upTo(collect(intact)));
}

describe("A count that cannot be true", () => {
  interface Lie {
    readonly what: string;
    readonly image: string;
    readonly record: string;
    readonly nth?: number;
    readonly field: string;
    readonly value: bigint | number;
    /** The record that the error stands at, if not the one that lies. */
    readonly saidAt?: string;
    readonly code?: string;
    readonly message: RegExp;
    /** True if the bytes tell the true count, so that nothing else is lost. */
    readonly inStep: boolean;
  }
  const lies: readonly Lie[] = [
    {
      what: "a billion pages where one follows",
      image: "v6-files",
      record: "PGARR",
      nth: 3,
      field: "nr_pages",
      value: 1_000_000_000,
      message: /^nr_pages is 1000000000, but addresses of only 1 follow$/,
      inStep: true,
    },
    {
      what: "2^63 pages where one follows",
      image: "v6-files",
      record: "PGARR",
      nth: 3,
      field: "nr_pages",
      value: 2n ** 63n,
      message: /^nr_pages is \d+, but addresses of only 1 follow$/,
      inStep: true,
    },
    {
      what: "2^63 pages where three follow, in v13",
      image: "v13-fpu",
      record: "PGARR",
      nth: 7,
      field: "nr_pages",
      value: 2n ** 63n,
      message: /^nr_pages is \d+, but addresses of only 3 follow$/,
      inStep: true,
    },
    {
      what: "a billion pages where none follows",
      image: "v6-files",
      record: "PGARR",
      nth: 0,
      field: "nr_pages",
      value: 1_000_000_000,
      message: /^nr_pages is 1000000000, but addresses of only 0 follow$/,
      inStep: true,
    },
    {
      what: "4 billion areas",
      image: "v6-files",
      record: "MM",
      field: "map_count",
      value: 0xffffffff,
      saidAt: "MM_CONTEXT",
      message: /^MM.map_count is 4294967295, but only 7 vma follow$/,
      inStep: true,
    },
    {
      what: "no area where seven follow",
      image: "v6-files",
      record: "MM",
      field: "map_count",
      value: 0,
      saidAt: "VMA",
      message: /map_count is 0/,
      inStep: true,
    },
    {
      what: "4 billion descriptors",
      image: "v6-files",
      record: "FILES",
      field: "nfds",
      value: 0xffffffff,
      saidAt: "THREAD",
      message: /^FILES.nfds is 4294967295, but only 12 fd_ent follow$/,
      inStep: true,
    },
    {
      what: "32767 LDT entries where none follows",
      image: "v6-files",
      record: "MM_CONTEXT",
      field: "nldt",
      value: 32767,
      message: /^ldt: 32767 expected \(MM_CONTEXT.nldt\), but 0 stand here$/,
      inStep: true,
    },
    {
      what: "4 billion tasks",
      image: "v13-tree",
      record: "TREE",
      field: "tasks_nr",
      value: 0xffffffff,
      message: /^pids: 4294967295 expected \(TREE.tasks_nr\), but 5 stand here$/,
      inStep: true,
    },
    {
      what: "more tasks than the file has room for",
      image: "v9-tree",
      record: "TREE",
      field: "tasks_nr",
      value: 20_000,
      message: /^pids: 20000 expected \(TREE.tasks_nr\), but 5 stand here$/,
      inStep: true,
    },
    {
      what: "no task where five follow",
      image: "v9-tree",
      record: "TREE",
      field: "tasks_nr",
      value: 0,
      message: /^pids: 0 expected \(TREE.tasks_nr\), but 5 stand here$/,
      inStep: true,
    },
    {
      what: "FPU state of 65535 bytes",
      image: "v13-fpu",
      record: "HEAD_ARCH",
      field: "xstate_size",
      value: 0xffff,
      saidAt: "CPU",
      message: /but 512 stand here$/,
      inStep: true,
    },
  ];

  it.each(lies)("($what) is an error where it shows, and costs nothing that was before", lie => {
    const intact = bytesOf(lie.image);
    const liar = recordNamed(intact, lie.record, lie.nth);
    const place = lie.saidAt === undefined ? liar : recordNamed(intact, lie.saidAt);
    const input = withField(intact, liar, lie.field, lie.value);
    const walked = expectSoundWalk(input, lie.what);
    const [error] = errors(walked);
    expect(error).toMatchObject({ rule: "count", offset: place.offset });
    expect(error!.message).toMatch(lie.message);
    expectSameBefore(liar.offset, walked, intact);
    if (lie.inStep) {
      const offsets = (of: Walked) => of.items.map(({ offset, path }) => [offset, path]);
      expect(offsets(walked)).toEqual(offsets(collect(intact)));
    }
  });

  it("(none announced, one there) is an error, for areas and for descriptors", () => {
    const area = { start: 0x20000000, end: 0x20001000, chunks: [] };
    const made = makeImage(cr2, { tasks: [{ pid: 7, areas: [area] }] });
    const input = withField(made, recordNamed(made, "MM"), "map_count", 0);
    const walked = expectSoundWalk(input, "one area");
    expect(errors(walked)).toMatchObject([{ rule: "count", offset: recordNamed(made, "VMA").offset }]);

    const intact = bytesOf("v6-fpu");
    const first = recordNamed(intact, "FD_ENT");
    const fewer = withField(intact, recordNamed(intact, "FILES"), "nfds", 0);
    expect(errors(expectSoundWalk(fewer, "descriptors"))[0]).toMatchObject({
      rule: "count",
      offset: first.offset,
    });
  });

  it("of pages in a damaged area costs no more than what the file has", () => {
    // With the area's bounds destroyed too, nothing tells how many pages there are.
    const intact = bytesOf("v6-maps");
    for (const value of [1_000_000_000n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 53n, 4097n]) {
      let input = withField(intact, recordNamed(intact, "VMA", 4), "vm_end", 0);
      const pgarr = records(collect(intact)).filter(({ counts: [pages = 0] }) => pages > 0)[2]!;
      input = withField(input, pgarr, "nr_pages", value);
      const walked = expectSoundWalk(input, `${value} pages`);
      expect(errors(walked).length).toBeGreaterThan(0);
      expectSameBefore(recordNamed(intact, "VMA", 4).offset, walked, intact);
    }
  });
});

describe("A record's length", () => {
  const { bytes } = sample("v6-files");

  it.each([-1, -8, -32768, 8, 47, 49, 0x7fff])(
    "that says %d where the struct has 48 bytes is an error there",
    len => {
      for (const nth of [0, 3, 6]) {
        const vma = recordNamed(bytes, "VMA", nth);
        const walked = expectSoundWalk(withLen(bytes, vma, len), `VMA ${nth} with len ${len}`);
        expect(errors(walked)[0]).toMatchObject({
          offset: vma.offset,
          path: vma.path,
          rule: "record-length",
        });
        expect(errors(walked)[0]!.message).toContain(`VMA has 48 bytes, its header says ${len}`);
        expectSameBefore(vma.offset, walked, bytes);
        expect(walked.items.at(-1), "the true size leads to the next record").toMatchObject({ path: "tail" });
      }
    },
  );

  it("that says 0 is an error there, whatever the payload is then taken for", () => {
    for (const nth of [0, 3, 6]) {
      const vma = recordNamed(bytes, "VMA", nth);
      const walked = expectSoundWalk(withLen(bytes, vma, 0), `VMA ${nth} with len 0`);
      expect(errors(walked)[0]).toMatchObject({ offset: vma.offset, path: vma.path, rule: "record-length" });
      expectSameBefore(vma.offset, walked, bytes);
    }
  });

  it("that is negative in a record of varying length is garbage there", () => {
    const fname = recordNamed(bytes, "FNAME");
    const walked = expectSoundWalk(withLen(bytes, fname, -1), "FNAME with len -1");
    expect(errors(walked)).toMatchObject([{ rule: "garbage", offset: fname.offset }]);
    expect(errors(walked)[0]!.message).toMatch(/^expected .*, found FNAME \(3\) with length -1$/);
    expectSameBefore(fname.offset, walked, bytes);
  });

  it("that leads out of the file is said to be cut there", () => {
    const fname = recordNamed(bytes, "FNAME");
    const walked = expectSoundWalk(withLen(bytes, fname, 0x7fff), "FNAME with len 32767");
    expect(errors(walked)).toMatchObject([{ rule: "truncated", offset: fname.offset }]);
    expect(errors(walked)[0]!.message).toContain("FNAME needs 32767 bytes, ");
    expectSameBefore(fname.offset, walked, bytes);
  });

  it("may be anything in any record", () => {
    for (const { name, bytes } of onePerDialect) {
      for (const item of oneIn(7, records(collect(bytes)))) {
        for (const len of [
          -32768,
          -1,
          0,
          1,
          item.header.len - 1,
          item.header.len + 1,
          item.header.len + 8,
          0x7fff,
        ]) {
          const walked = expectSoundWalk(withLen(bytes, item, len), `${name} ${item.path} with len ${len}`);
          expectSameBefore(item.offset, walked, bytes);
        }
      }
    }
  }, 30_000);
});

describe("An image that is cut", () => {
  it.each(onePerDialect)(
    "anywhere ($name) is tiled up to the cut, or no longer an image",
    ({ bytes, name }) => {
      const below = seeded(seed);
      const cuts = Array.from({ length: Math.min(2048, bytes.length) }, (_, i) => i);
      while (cuts.length < 2148) cuts.push(2048 + below(bytes.length - 2048));
      const starts = new Set(collect(bytes).items.map(({ offset }) => offset));
      for (const cut of oneIn(9, cuts)) {
        const input = bytes.slice(0, cut);
        const context = `${name} cut at ${cut} (seed ${seed})`;
        const walked = expectSoundWalk(input, context);
        if (walked.error !== undefined) {
          // Of a head that is there in full enough is known.
          expect(cut, context).toBeLessThan(232);
          continue;
        }
        const said = errors(walked).map(({ rule }) => rule);
        expect(
          said.filter(code => code !== "dialect"),
          context,
        ).toEqual(["truncated"]);
        const [error] = errors(walked).filter(({ rule }) => rule === "truncated");
        // It stands at the record or block that is cut, or at the end if that is between two.
        expect(error!.offset === cut || starts.has(error!.offset), context).toBe(true);
      }
    },
    60_000,
  );

  it("within its head says what a head needs", () => {
    for (const cut of [1, 7, 8, 15]) {
      const { error } = collect(bytesOf("v6-files").slice(0, cut));
      expect(error!.message).toContain(`a head needs 232 bytes, ${cut} are there`);
    }
  });
});

describe("A byte that is flipped", () => {
  it.each(onePerDialect)(
    "anywhere in the first 1024 of $name costs no more than its image",
    ({ bytes, name }) => {
      const input = bytes.slice();
      for (const at of oneIn(9, [...Array(1024).keys()])) {
        input[at]! ^= 0xff;
        expectSoundWalk(input.slice(), `${name} with byte ${at} flipped`);
        input[at]! ^= 0xff;
      }
    },
    60_000,
  );

  it("inside the pages of any sample changes nothing", () => {
    const below = seeded(seed);
    for (const { bytes } of samples) {
      const intact = collect(bytes);
      const pages = intact.items.filter(item => item.kind === "raw" && item.name === "pages");
      if (pages.length === 0) continue;
      const input = bytes.slice();
      for (const { offset, length } of pages) input[offset + below(length)]! ^= 0xff;
      const walked = expectSoundWalk(input, "flipped");
      expect(walked.items.map(({ offset, path }) => [offset, path])).toEqual(
        intact.items.map(({ offset, path }) => [offset, path]),
      );
      expect(walked.findings).toEqual(intact.findings);
    }
  });
});

describe("What is no image", () => {
  const below = seeded(seed);
  const random = Uint8Array.from({ length: 1024 * 1024 }, () => below(256));
  it.each([
    ["1 MiB of zeros", new Uint8Array(1024 * 1024), /expected the head's magic .*, found 0x0000000000000000/],
    [
      "1 MiB of 0xff",
      new Uint8Array(1024 * 1024).fill(0xff),
      /expected the head's magic .*, found 0xffffffffffffffff/,
    ],
    [
      "1 MiB of random bytes",
      random,
      /expected the head's magic 0x00feed0cc0a2d200 after 8 bytes, found 0x[0-9a-f]{16}/,
    ],
    ["an empty file", new Uint8Array(0), /the input is empty/],
    ["a text", new TextEncoder().encode("a text that is longer than a header\n"), /found 0x[0-9a-f]{16}/],
    ["one byte", Uint8Array.of(1), /a head needs 232 bytes, 1 are there/],
    ["pages without a head", new Uint8Array(300_000).fill(0xa5), /expected the head's magic/],
  ])("(%s) is refused, saying what was expected and what was found", (what, input, message) => {
    const walked = expectSoundWalk(input, what);
    expect(walked.error).toMatchObject({ code: "not-an-image" });
    expect(walked.error!.message).toMatch(message);
  });

  it("is refused as fast as it can be read: the search for a head does not run back", () => {
    // Full of the byte that the search looks for, and of heads that are none.
    const input = new Uint8Array(1024 * 1024).fill(0xd2);
    const magic = bytesOf("v6-files").subarray(8, 16);
    const decoys = overwritten(input, 0, concat(...Array.from({ length: 50_000 }, () => magic)));
    for (const bytes of [input, decoys]) {
      expect(expectSoundWalk(bytes, "decoys").error).toMatchObject({ code: "not-an-image" });
    }
  });
});

describe("A record in which every field is the largest it can be", () => {
  it.each(onePerDialect)("breaks nothing in $name", ({ bytes, name }) => {
    for (const item of oneIn(3, records(collect(bytes))) as readonly RecordItem[]) {
      for (const fill of [0x00, 0x7f, 0x80, 0xff]) {
        const payload = new Uint8Array(item.length - 8).fill(fill);
        expectSoundWalk(overwritten(bytes, item.offset + 8, payload), `${name} ${item.path} full of ${fill}`);
      }
    }
  });
});
