import { describe, expect, test } from "vitest";
import { dumping } from "../../src/dump/dump.js";
import { summarizing } from "../../src/dump/summarize.js";
import { formats as known } from "../../src/formats/registry.js";
import { decodeLinesSync } from "../../src/lines/decode.js";
import { encodeLines } from "../../src/lines/encode.js";
import { resultSync } from "../../src/source/drive.js";
import { bytesSource, streamSource } from "../../src/source/source.js";
import { type BuildItem, buildImage } from "../../src/stream/build-image.js";
import { fileParts } from "../../src/stream/file-parts.js";
import type { Item } from "../../src/stream/item.js";
import { walk, walkSync } from "../../src/stream/items.js";
import { sampleBytes } from "../format/samples.js";
import { streamOf } from "../image/chunked.js";
import { seeded } from "../image/seeded.js";
import { toy, toy1 } from "./toy.js";

const formats = [...known, toy];

const owner = (pid: number, name: string, shelves: number): BuildItem => ({
  name: "OWNER",
  fields: { pid, shelves, name },
});
const shelf = (from: number, ...pages: number[]): BuildItem[] => [
  { name: "SHELF", fields: { from, pages: pages.length } },
  { bytes: Uint8Array.from(pages.flatMap(page => Array<number>(16).fill(page))) },
];
const box = buildImage(toy1, [
  { name: "BOX", fields: { magic: 0x546f7973, owners: 2 } },
  owner(7, "Ann", 2),
  ...shelf(0x1000, 1, 2, 3),
  ...shelf(0x2000),
  owner(8, "Bo", 1),
  ...shelf(0x1000, 9),
  { name: "NOTE", fields: { note: Uint8Array.of(1, 2, 3) } },
  { name: "LID", fields: { sum: 0xbeef } },
]);

const printed = (input: Uint8Array, options = {}) => {
  let text = "";
  const source = bytesSource(input);
  const write = (part: string) => {
    text += part;
  };
  const report = resultSync(source, dumping(source, formats, write, { label: "box", ...options }));
  return { text, report };
};

const summaryOf = (bytes: Uint8Array) => {
  const source = bytesSource(bytes);
  return resultSync(source, summarizing(source.size, formats));
};

function linesOf(bytes: Uint8Array): string[] {
  return [...decodeLinesSync(bytesSource(bytes), formats)].map(String);
}

async function encoded(lines: readonly string[], options = {}): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  await encodeLines([`${lines.join("\n")}\n`], formats, options, {
    write(part) {
      parts.push(Uint8Array.from(part));
    },
  });
  return Buffer.concat(parts);
}

const plainItem = ({ kind, offset, length, path }: Item) => ({ kind, offset, length, path });

describe("a format that only its own file knows", () => {
  test("is found, and its items tile the file", () => {
    const items = [...walkSync(bytesSource(box), formats)];
    expect(items.map(({ path }) => path)).toEqual([
      "box",
      "owner[0]",
      "owner[0].shelf[0]",
      "owner[0].shelf[0].stuff",
      "owner[0].shelf[1]",
      "owner[1]",
      "owner[1].shelf[0]",
      "owner[1].shelf[0].stuff",
      "note",
      "lid",
    ]);
    expect(items.reduce((end, { offset, length }) => (offset === end ? end + length : -1), 0)).toBe(
      box.length,
    );
  });

  test("beside an image of another, in one file", () => {
    const both = Buffer.concat([sampleBytes("cr-2/v6-tiny.img"), new Uint8Array(100), box]);
    const source = bytesSource(both);
    const images = resultSync(source, summarizing(source.size, formats)).map(({ image, length }) => [
      image.format.id,
      image.dialect.name,
      length,
    ]);
    expect(images).toEqual([
      ["cr", "cr-2", sampleBytes("cr-2/v6-tiny.img").length],
      ["toy", "toy-1", box.length],
    ]);
  });

  test("is dumped as a tree, with a summary", () => {
    expect(printed(box).text).toMatchInlineSnapshot(`
      "box: 183 bytes, dialect toy-1 (it says Toys)
        series   one or two: nothing in the bytes tells them apart
        tasks    2
                 pid 7 Ann: 2 areas, 3 pages, 0 descriptors
                 pid 8 Bo: 1 areas, 1 pages, 0 descriptors
        memory   3 areas, 0 KiB mapped; 4 pages (0 KiB) in the image
        files    0 descriptors of 0 open files
        items    8 records, 2 raw blocks

      0x00000000 box  magic 0x546f7973  owners 2
      0x0000000e owner[0] Ann  pid 7  pid 7  shelves 2  name "Ann"
      0x00000024     00001000-00001030 rw-p 00000000                      3/3 pages
                       from 0x1000  pages 3
      0x00000062     00002000-00002000 rw-p 00000000                      0/0 pages
                       from 0x2000  pages 0
      0x00000070 owner[1] Bo  pid 8  pid 8  shelves 1  name "Bo"
      0x00000086     00001000-00001010 rw-p 00000000                      1/1 pages
                       from 0x1000  pages 1
      0x000000a4 note  note 010203
      0x000000ad lid  sum 0xbeef
      "
    `);
  });

  test("one task of it, some records of it", () => {
    expect(printed(box, { task: 8, depth: 3 }).text).toMatchInlineSnapshot(`
      "0x00000070 owner[1] Bo  pid 8  pid 8  shelves 1  name "Bo"
      0x00000086     00001000-00001010 rw-p 00000000                      1/1 pages
      "
    `);
    expect(printed(box, { only: ["shelf"] }).text).toMatchInlineSnapshot(`
      "0x00000024 SHELF owner[0].shelf[0]  type 259  len 14
                 from  0x1000
                 pages 3
      0x00000062 SHELF owner[0].shelf[1]  type 259  len 14
                 from  0x2000
                 pages 0
      0x00000086 SHELF owner[1].shelf[0]  type 259  len 14
                 from  0x1000
                 pages 1
      "
    `);
  });

  test("is dumped byte by byte", () => {
    expect(printed(box, { view: "hex" }).text).toMatchInlineSnapshot(`
      "          |00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f|0123456789abcdef|
      0x00000000|01 01                                          |..              | box BOX  type 257
      0x00000002|      00 00 00 0e                              |  ....          |   len 14
      0x00000006|                  54 6f 79 73                  |      Toys      |   magic 0x546f7973
      0x0000000a|                              00 00 00 02      |          ....  |   owners 2
      0x0000000e|                                          01 02|              ..| owner[0] OWNER  type 258
      0x00000010|00 00 00 16                                    |....            |   len 22
      0x00000014|            00 00 00 07                        |    ....        |   pid 7
      0x00000018|                        00 00 00 02            |        ....    |   shelves 2
      0x0000001c|                                    41 6e 6e 00|            Ann.|   name "Ann"
      0x00000020|00 00 00 00                                    |....            |
      0x00000024|            01 03                              |    ..          | owner[0].shelf[0] SHELF  type 259
      0x00000026|                  00 00 00 0e                  |      ....      |   len 14
      0x0000002a|                              00 00 10 00      |          ....  |   from 0x1000
      0x0000002e|                                          00 00|              ..|   pages 3
      0x00000030|00 03                                          |..              |
      0x00000032|      01 01 01 01 01 01 01 01 01 01 01 01 01 01|  ..............| owner[0].shelf[0].stuff  what lies on it
      0x00000040|01 01 02 02 02 02 02 02 02 02 02 02 02 02 02 02|................|
      0x00000050|02 02 03 03 03 03 03 03 03 03 03 03 03 03 03 03|................|
      0x00000060|03 03                                          |..              |
      0x00000062|      01 03                                    |  ..            | owner[0].shelf[1] SHELF  type 259
      0x00000064|            00 00 00 0e                        |    ....        |   len 14
      0x00000068|                        00 00 20 00            |        .. .    |   from 0x2000
      0x0000006c|                                    00 00 00 00|            ....|   pages 0
      0x00000070|01 02                                          |..              | owner[1] OWNER  type 258
      0x00000072|      00 00 00 16                              |  ....          |   len 22
      0x00000076|                  00 00 00 08                  |      ....      |   pid 8
      0x0000007a|                              00 00 00 01      |          ....  |   shelves 1
      0x0000007e|                                          42 6f|              Bo|   name "Bo"
      0x00000080|00 00 00 00 00 00                              |......          |
      0x00000086|                  01 03                        |      ..        | owner[1].shelf[0] SHELF  type 259
      0x00000088|                        00 00 00 0e            |        ....    |   len 14
      0x0000008c|                                    00 00 10 00|            ....|   from 0x1000
      0x00000090|00 00 00 01                                    |....            |   pages 1
      0x00000094|            09 09 09 09 09 09 09 09 09 09 09 09|    ............| owner[1].shelf[0].stuff  what lies on it
      0x000000a0|09 09 09 09                                    |....            |
      0x000000a4|            01 04                              |    ..          | note NOTE  type 260
      0x000000a6|                  00 00 00 09                  |      ....      |   len 9
      0x000000aa|                              01 02 03         |          ...   |   note whatever
      0x000000ad|                                       01 ff   |             .. | lid LID  type 511
      0x000000af|                                             00|               .|   len 10
      0x000000b0|00 00 0a                                       |...             |
      0x000000b3|         00 00 be ef                           |   ....         |   sum 0xbeef
      "
    `);
  });

  test("is dumped as JSON", () => {
    expect(printed(box, { view: "jsonl" }).text).toMatchInlineSnapshot(`
      "{"offset":0,"length":14,"kind":"record","type":257,"name":"BOX","path":"box","fields":{"magic":1416591731,"owners":2}}
      {"offset":14,"length":22,"kind":"record","type":258,"name":"OWNER","path":"owner[0]","fields":{"pid":7,"shelves":2,"name":"Ann"}}
      {"offset":36,"length":14,"kind":"record","type":259,"name":"SHELF","path":"owner[0].shelf[0]","fields":{"from":4096,"pages":3}}
      {"offset":50,"length":48,"kind":"raw","type":null,"name":"stuff","path":"owner[0].shelf[0].stuff","fields":{"count":3}}
      {"offset":98,"length":14,"kind":"record","type":259,"name":"SHELF","path":"owner[0].shelf[1]","fields":{"from":8192,"pages":0}}
      {"offset":112,"length":22,"kind":"record","type":258,"name":"OWNER","path":"owner[1]","fields":{"pid":8,"shelves":1,"name":"Bo"}}
      {"offset":134,"length":14,"kind":"record","type":259,"name":"SHELF","path":"owner[1].shelf[0]","fields":{"from":4096,"pages":1}}
      {"offset":148,"length":16,"kind":"raw","type":null,"name":"stuff","path":"owner[1].shelf[0].stuff","fields":{"count":1}}
      {"offset":164,"length":9,"kind":"record","type":260,"name":"NOTE","path":"note","fields":{"note":"010203"}}
      {"offset":173,"length":10,"kind":"record","type":511,"name":"LID","path":"lid","fields":{"sum":48879}}
      "
    `);
  });

  test("is read though it is damaged, and it is said where", () => {
    const { text, report } = printed(box.slice(0, -3), { depth: 1 });
    expect(report.errors).toMatchObject([{ rule: "truncated", path: "lid" }]);
    expect(text).toContain("expected LID (511)");
  });

  test("is decoded to lines, and encoded to the same bytes", async () => {
    const lines = linesOf(box);
    expect(lines).toMatchInlineSnapshot(`
      [
        "{"kind":"head","format":"crimg image lines","version":1,"pages":"inline"}",
        "{"kind":"image","image":0,"offset":0,"dialect":"toy-1","why":"it says Toys"}",
        "{"kind":"record","name":"BOX","path":"box","offset":0,"len":14,"fields":{"magic":1416591731,"owners":2}}",
        "{"kind":"record","name":"OWNER","path":"owner[0]","offset":14,"len":22,"fields":{"pid":7,"shelves":2,"name":"Ann"}}",
        "{"kind":"record","name":"SHELF","path":"owner[0].shelf[0]","offset":36,"len":14,"fields":{"from":4096,"pages":3}}",
        "{"kind":"raw","name":"stuff","path":"owner[0].shelf[0].stuff","offset":50,"base64":"AQEBAQEBAQEBAQEBAQEBAQICAgICAgICAgICAgICAgIDAwMDAwMDAwMDAwMDAwMD"}",
        "{"kind":"record","name":"SHELF","path":"owner[0].shelf[1]","offset":98,"len":14,"fields":{"from":8192,"pages":0}}",
        "{"kind":"record","name":"OWNER","path":"owner[1]","offset":112,"len":22,"fields":{"pid":8,"shelves":1,"name":"Bo"}}",
        "{"kind":"record","name":"SHELF","path":"owner[1].shelf[0]","offset":134,"len":14,"fields":{"from":4096,"pages":1}}",
        "{"kind":"raw","name":"stuff","path":"owner[1].shelf[0].stuff","offset":148,"base64":"CQkJCQkJCQkJCQkJCQkJCQ=="}",
        "{"kind":"record","name":"NOTE","path":"note","offset":164,"len":9,"fields":{"note":"010203"}}",
        "{"kind":"record","name":"LID","path":"lid","offset":173,"len":10,"fields":{"sum":48879}}",
      ]
    `);
    expect(await encoded(lines)).toEqual(Buffer.from(box));
    const damaged = box.slice(0, -3);
    expect(await encoded(linesOf(damaged))).toEqual(Buffer.from(damaged));
  });

  test("counts and lengths of edited lines follow from what is there", async () => {
    const lines = linesOf(box).filter(line => !line.includes('"owner[1]'));
    const edited = await encoded(lines, { fixCounts: true });
    expect(summaryOf(edited)).toMatchObject([{ taskCount: 1, pages: 3, complete: true }]);
    const [first] = [...walkSync(bytesSource(edited), formats)];
    expect(first).toMatchObject({ fields: { owners: 1 } });
  });

  test("is cut out of a larger file", () => {
    const file = Buffer.concat([new Uint8Array(9), box, box]);
    expect([...fileParts(bytesSource(file), formats)]).toMatchObject([
      { kind: "gap", offset: 0, length: 9 },
      { kind: "image", dialect: "toy-1", offset: 9, length: box.length },
      { kind: "image", dialect: "toy-1", offset: 9 + box.length, length: box.length },
    ]);
  });

  test("however its bytes arrive, it reads the same", async () => {
    const whole = [...walkSync(bytesSource(box), formats)].map(plainItem);
    for (const size of [1, 7, 321]) {
      const items = [];
      for await (const item of walk(streamSource(streamOf(box, size)), formats)) items.push(plainItem(item));
      expect(items).toEqual(whole);
    }
  });

  test("any damage is survived, and items tile the file all the same", () => {
    const random = seeded(1);
    for (let round = 0; round < 400; round++) {
      const bytes = Uint8Array.from(box);
      for (let n = 0; n <= round % 3; n++) bytes[random(bytes.length)] = random(256);
      const cut = bytes.subarray(0, 14 + random(bytes.length));
      try {
        const items = [...walkSync(bytesSource(cut), formats)];
        expect(items.reduce((end, { offset, length }) => (offset === end ? end + length : -1), 0)).toBe(
          cut.length,
        );
        printed(cut);
        printed(cut, { view: "hex" });
      } catch (error) {
        expect(error).toMatchObject({ code: "not-an-image" });
      }
    }
  });
});
