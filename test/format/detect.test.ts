import { describe, expect, test } from "vitest";
import { encodeTable, type Values } from "../../src/codec/table.js";
import { DETECTION_SPAN, HEAD_SPAN, probe } from "../../src/formats/cr/probe.js";
import { head, header, MAGIC_HEAD } from "../../src/formats/cr/records.js";
import { MarkSearch } from "../../src/stream/head-search.js";
import type { Guess } from "../../src/stream/probe.js";
import { bytesOfHex } from "../codec/bytes-of-hex.js";
import { sampleBytes, samples } from "./samples.js";

const detect = (bytes: Uint8Array, at = 0): Guess => probe.look(bytes.subarray(at));
/** By node's Buffer, and without it: both find the same. */
const findHead = (bytes: Uint8Array): number => {
  const found = new MarkSearch(probe.marks).find(bytes);
  expect(new MarkSearch(probe.marks, null).find(bytes)).toBe(found);
  return found;
};

/** What the probe says, short: `dialect cr-2`, `dialect cr-3b, not sure`, `kin`, `no`. */
function said(detected: Guess): string {
  if (detected.kind !== "yes") return detected.kind;
  return `dialect ${detected.dialect.name}${detected.sure ? "" : ", not sure"}`;
}

const headOf = (changes: Partial<Values<typeof head.fields>> = {}): Uint8Array => {
  const fields = {
    magic: MAGIC_HEAD,
    major: 2,
    minor: 6,
    patch: 27,
    rev: 2,
    time: 1223500000n,
    flags: 1n,
    release: "2.6.27",
    version: "#1",
    machine: "i686",
    ...changes,
  };
  return joined(headerOf(1, head.size), encodeTable(head, fields, "little"));
};
const headerOf = (type: number, len: number, parent = 0) =>
  encodeTable(header, { type, len, parent }, "little");
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap(part => [...part]));

const damaged = (path: string, at: number, hex: string): Uint8Array => {
  const bytes = sampleBytes(path);
  bytes.set(bytesOfHex(hex), at);
  return bytes;
};

describe("each sample is of the dialect of its folder", () => {
  test("there are samples of all four dialects", () => {
    expect([...new Set(samples.map(({ dialect }) => dialect))].sort()).toEqual([
      "cr-1",
      "cr-2",
      "cr-3a",
      "cr-3b",
    ]);
    expect(samples).toHaveLength(31);
  });

  test.each(samples)("$dialect/$name", ({ bytes, dialect }) => {
    expect(said(detect(bytes))).toBe(`dialect ${dialect}`);
    expect(said(detect(bytes.subarray(0, DETECTION_SPAN)))).toBe(`dialect ${dialect}`);
  });

  test("the second checkpoint of a file is detected where it begins", () => {
    expect(said(detect(sampleBytes("cr-2/v6-twice.img"), 22604))).toBe("dialect cr-2");
  });

  test("bytes that are a view into a larger buffer are read from where the view begins", () => {
    const image = sampleBytes("cr-3a/v9-tls1.img");
    const buffer = joined(new Uint8Array(13), image).subarray(13);
    expect(said(detect(buffer))).toBe("dialect cr-3a");
  });
});

describe("rev 3 is told apart by the record behind the first TASK", () => {
  test("the reason says which number STRING has", () => {
    expect(detect(sampleBytes("cr-3a/v9-tree.img")).why).toBe("rev 3, STRING is 3");
    expect(detect(sampleBytes("cr-3b/v13-tree.img")).why).toBe("rev 3, STRING is 4");
  });

  test("cut before it, v9 and later have the same bytes: taken for the later, not sure", () => {
    const cut = detect(sampleBytes("cr-3a/v9-tree.img").subarray(0, HEAD_SPAN));
    expect(said(cut)).toBe("dialect cr-3b, not sure");
    expect(cut.why).toContain("no STRING to tell v9 from v10 and later");
  });

  test.each(["00 00 00 00", "ff ff ff ff", "00 00 00 80", "06 00 00 00"])(
    "a wrong tasks_nr (%s) does not hide it",
    tasksNr => {
      // TREE's payload stands behind HEAD (232), HEAD_ARCH (16) and its own header (8).
      expect(said(detect(damaged("cr-3a/v9-tree.img", 256, tasksNr)))).toBe("dialect cr-3a");
      expect(said(detect(damaged("cr-3b/v13-tree.img", 256, tasksNr)))).toBe("dialect cr-3b");
    },
  );

  test("an unknown record between the two does not hide it", () => {
    for (const path of ["cr-3a/v9-fpu.img", "cr-3b/v13-fpu.img"]) {
      const bytes = sampleBytes(path);
      const string = HEAD_SPAN + 16 + 16 + 16 + header.size + 24;
      const stranger = joined(headerOf(-7, 5), new Uint8Array(5));
      const image = joined(bytes.subarray(0, string), stranger, stranger, bytes.subarray(string));
      expect(said(detect(image))).toBe(`dialect ${path.slice(0, 5)}`);
    }
  });

  test("a wrong parent of that TASK does not hide it, either", () => {
    const bytes = sampleBytes("cr-3a/v9-fpu.img");
    // Behind HEAD, HEAD_ARCH, TREE and the pids of one task.
    bytes[HEAD_SPAN + 16 + 16 + 16 + 4] = 1;
    expect(said(detect(bytes))).toBe("dialect cr-3a");
  });

  test.each([
    ["whole", headOf({ rev: 3 })],
    ["with a damaged magic", headOf({ rev: 3, magic: 0n })],
    ["with a damaged length", joined(headerOf(1, 99), headOf({ rev: 3 }).subarray(header.size))],
  ])("behind another head (%s) it is that one's", (_, next) => {
    const other = sampleBytes("cr-3a/v9-tree.img").subarray(HEAD_SPAN);
    expect(said(detect(joined(headOf({ rev: 3 }), next, other)))).toBe("dialect cr-3b, not sure");
  });
});

describe("heads of formats that crimg does not read", () => {
  test("a big-endian head: foreign, and the reason says so", () => {
    const big = bytesOfHex("0001 00e0 00000000 00feed0cc0a2d200 0002 0006 001b 0002");
    const found = detect(joined(big, new Uint8Array(208)));
    expect(found.kind).toBe("kin");
    expect(found.why).toContain("big-endian");
  });

  test.each([
    [48, "v14 to v17 have a head of 48 bytes"],
    [72, "v18 and after of 72"],
  ])("a head of the later ckpt generation, len %i: foreign, with its rev", len => {
    const ckpt = bytesOfHex(`
      01000000 ${len.toString(16)}000000 00d2a2c00cedfe00
      0100 0200 0600 2100 0600 000000000000
      1000 b000 4000 4100 4100 4100 4100 4100 4100 1000 0010 0800
      80fca04b00000000 0100000000000000`);
    expect(ckpt).toHaveLength(72);
    const found = detect(ckpt);
    expect(found.kind).toBe("kin");
    expect(found.why).toContain('later "ckpt" generation');
    expect(found.why).toContain("rev 6)");
  });

  test.each([144, 152])("v3, whose TASK has %i bytes: foreign", len => {
    const found = detect(joined(headOf({ rev: 1 }), headerOf(101, len), new Uint8Array(len)));
    expect(found.kind).toBe("kin");
    expect(found.why).toContain(`TASK has ${len} bytes: an image of v3`);
  });

  test("a TASK of 24 bytes is not v3's", () => {
    expect(said(detect(joined(headOf({ rev: 1 }), headerOf(101, 24))))).toBe("dialect cr-1");
  });

  test("rev 7 and nothing behind it, or nothing known: foreign", () => {
    expect(detect(headOf({ rev: 7 }))).toEqual({
      kind: "kin",
      why: "rev 7 is not known (1, 2 and 3 are)",
    });
    expect(said(detect(joined(headOf({ rev: 7 }), headerOf(900, 24))))).toBe("kin");
  });

  test.each([
    ["cr-2/v6-tiny.img", "cr-2"],
    ["cr-3a/v9-tree.img", "cr-3a"],
    ["cr-3b/v13-tree.img", "cr-3b"],
  ])("rev 7 before the records of %s: read as those, not sure", (path, dialect) => {
    const found = detect(damaged(path, 22, "07 00"));
    expect(said(found)).toBe(`dialect ${dialect}, not sure`);
    expect(found.why).toBe(`rev 7 is not known (1, 2 and 3 are); the records are of ${dialect}`);
  });
});

describe("no head", () => {
  test("a wrong magic in a record that is not a head's: none, with the magic found", () => {
    const found = detect(joined(headerOf(2, 16), new Uint8Array(64).fill(0x61)));
    expect(found).toEqual({
      kind: "no",
      why: "expected the head's magic 0x00feed0cc0a2d200 after 8 bytes, found 0x6161616161616161",
    });
  });

  test("a damaged magic in a record of a head's type and length: worth reading on", () => {
    expect(detect(damaged("cr-2/v6-tiny.img", 8, "ff")).kind).toBe("yes");
  });

  test("a head's magic behind another type: none, with the type found", () => {
    const found = detect(damaged("cr-2/v6-tiny.img", 0, "05 00"));
    expect(found).toEqual({
      kind: "no",
      why: "the head's magic stands here, but the record's type is 5 and not HEAD (1)",
    });
  });

  test.each([0, 1, 8, 15])("%i bytes are too few to say", length => {
    expect(detect(headOf().subarray(0, length))).toEqual({
      kind: "no",
      why: `a head needs 232 bytes, ${length} are there`,
    });
  });

  test.each([16, 23])("%i bytes hold the magic, but no rev", length => {
    expect(detect(headOf().subarray(0, length)).kind).toBe("no");
  });

  test("a head cut behind its rev is a head", () => {
    expect(said(detect(headOf().subarray(0, 24)))).toBe("dialect cr-2");
  });

  test("at or past the end of the bytes there is none", () => {
    expect(detect(headOf(), HEAD_SPAN).why).toBe("a head needs 232 bytes, 0 are there");
    expect(detect(headOf(), HEAD_SPAN + 5).why).toBe("a head needs 232 bytes, 0 are there");
  });

  test.each(samples)("no prefix of $dialect/$name throws", ({ bytes }) => {
    for (let length = 0; length <= 400; length++) {
      expect(detect(bytes.subarray(0, length)).kind).toBe(length < 24 ? "no" : "yes");
    }
  });
});

describe("finding a head", () => {
  test("at the start, behind other bytes, and the first of two", () => {
    expect(findHead(headOf())).toBe(0);
    expect(findHead(joined(new Uint8Array(77), headOf(), headOf()))).toBe(77);
    expect(findHead(sampleBytes("cr-2/v6-twice.img"))).toBe(0);
    expect(findHead(sampleBytes("cr-2/v6-twice.img").subarray(1))).toBe(22603);
  });

  test("a magic without room for a header before it is not a head's", () => {
    expect(findHead(headOf().subarray(8))).toBe(-1);
    expect(findHead(headOf().subarray(1))).toBe(-1);
  });

  test("none in other bytes, few bytes or a magic that is cut", () => {
    expect(findHead(new Uint8Array(0))).toBe(-1);
    expect(findHead(new Uint8Array(1000).fill(0xd2))).toBe(-1);
    expect(findHead(headOf().subarray(0, 15))).toBe(-1);
  });
});
