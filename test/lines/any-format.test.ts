import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Abi } from "../../src/codec/abi.js";
import { long, u16 } from "../../src/codec/field.js";
import { record, sequence } from "../../src/codec/grammar.js";
import { encodeTable, table } from "../../src/codec/table.js";
import { CrimgError } from "../../src/errors.js";
import type { Format } from "../../src/formats/format.js";
import { formats as known } from "../../src/formats/registry.js";
import { lineDefinitions, lineSchemas } from "../../src/lines/line-schema.js";
import { bytesSource } from "../../src/source/source.js";
import { type BuildItem, buildImage } from "../../src/stream/build-image.js";
import { encodeRecord } from "../../src/stream/encode-record.js";
import { toy, toy1 } from "../formats/toy.js";
import { sample } from "../image/samples.js";
import { concat } from "../image/splice.js";
import { shareOf } from "../share.js";
import { decoded, type EditedLine, edited, encoded, expectEqual, indexOfLine } from "./there-and-back.js";

const formats = [...known, toy];

const shelf = (from: number, ...pages: number[]): BuildItem[] => [
  { name: "SHELF", fields: { from, pages: pages.length } },
  { bytes: Uint8Array.from(pages.flatMap(page => Array<number>(16).fill(page))) },
];
const box = buildImage(toy1, [
  { name: "BOX", fields: { magic: 0x546f7973, owners: 2 } },
  { name: "OWNER", fields: { pid: 7, shelves: 2, name: "Ann" } },
  ...shelf(0x1000, 1, 2, 3),
  ...shelf(0x2000),
  { name: "OWNER", fields: { pid: 8, shelves: 1, name: "Bo" } },
  ...shelf(0x1000, 9),
  { name: "NOTE", fields: { note: Uint8Array.of(1, 2, 3) } },
  { name: "LID", fields: { sum: 0xbeef } },
]);

describe("an image of a format that only its own file knows", () => {
  const { lines } = decoded(box, {}, formats);
  const encodedAgain = (of: readonly string[], options = {}) => encoded(of, options, formats);

  it("comes back, byte for byte", async () => {
    expectEqual(await encodedAgain(lines), box);
    const beside = decoded(box, { pages: "file" }, formats);
    expect(beside.pages).toHaveLength(4 * 16);
    expectEqual(await encodedAgain(beside.lines, { pages: bytesSource(beside.pages) }), box);
    expectEqual(await encodedAgain(lines, { fixCounts: true }), box);
  });

  it("comes back beside one of another format, in one file", async () => {
    const both = concat(sample("v6-tiny").bytes, new Uint8Array(9), box);
    expectEqual(await encodedAgain(decoded(both, {}, formats).lines), both);
  });

  it("comes back however it is damaged", async () => {
    for (let cut = 20; cut < box.length; cut++) {
      const part = box.subarray(0, cut);
      expectEqual(await encodedAgain(decoded(part, {}, formats).lines), part, `cut to ${cut}`);
    }
    const change = fc.tuple(fc.nat(box.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async changes => {
        const bytes = box.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          expectEqual(await encodedAgain(decoded(bytes, {}, formats).lines), bytes);
        } catch (error) {
          if (!(error instanceof CrimgError && error.code === "not-an-image")) throw error;
        }
      }),
      { seed: 20081204, numRuns: shareOf(300, 20) },
    );
  });

  it("gets the lengths and counts that its edited lines make", async () => {
    const from = indexOfLine(lines, "OWNER", 1);
    const fewer = lines.toSpliced(from, indexOfLine(lines, "NOTE") - from);
    const note = edited(fewer, "NOTE", 0, ({ fields }) => (fields["note"] = "00".repeat(100)));
    const more = edited(note, "stuff", 0, line => (line["base64"] = Buffer.alloc(80, 7).toString("base64")));
    const image = decoded(await encodedAgain(more, { fixCounts: true }), {}, formats).lines.map(
      line => JSON.parse(line) as EditedLine,
    );
    const of = (name: string) => image.find(line => line["name"] === name)!;
    expect([of("BOX").fields["owners"], of("SHELF").fields["pages"], of("NOTE")["len"]]).toEqual([1, 5, 106]);
    expect(image.filter(({ kind }) => kind === "unknown" || kind === "gap")).toEqual([]);
  });

  it("is refused for what its tables do not let pass", async () => {
    const wrong = edited(lines, "SHELF", 0, ({ fields }) => (fields["pages"] = -1));
    await expect(encodedAgain(wrong)).rejects.toThrow(
      /from 0 to 4294967295, found -1 \(line 5 \/fields\/pages\)/,
    );
    const strange = edited(lines, "LID", 0, line => (line["name"] = "TAIL"));
    await expect(encodedAgain(strange)).rejects.toThrow("expected a record of toy-1");
    const foreign = edited(lines, "LID", 0, line => (line["parent"] = 0));
    await expect(encodedAgain(foreign)).rejects.toThrow('there is no "parent" here');
  });

  it("comes back with a record that is longer than a line", async () => {
    const { offset } = JSON.parse(lines[indexOfLine(lines, "NOTE")]!);
    const note = new Uint8Array(1024 * 1024).fill(0xff);
    const long = concat(
      box.subarray(0, offset),
      encodeRecord(toy1, "NOTE", { note }),
      box.subarray(offset + 9),
    );
    const made = decoded(long, {}, formats).lines;
    expect(Math.max(...made.map(line => line.length))).toBeLessThan(1024 * 1024);
    expectEqual(await encodedAgain(made), long);
  });
});

describe("the schema of several formats", () => {
  it("takes the lines of each, and names what was there before as before", () => {
    const schema = lineSchemas(formats)["image-line.schema.json"]!;
    const check = new Ajv2020({ strict: true }).compile(schema);
    for (const line of [...decoded(box, {}, formats).lines, ...decoded(sample("v9-fpu").bytes).lines]) {
      expect(check(JSON.parse(line)), line).toBe(true);
    }
    expect(Object.keys(lineDefinitions(formats))).toEqual(
      expect.arrayContaining(Object.keys(lineDefinitions(known))),
    );
  });

  it("has a definition for each of two records of one name", () => {
    const twin = { ...toy, id: "twin", dialects: [toy1.next("twin-1", { types: { BOX: 0x201 } })] };
    const names = Object.keys(lineDefinitions([toy, twin]));
    expect(names.filter(name => name.includes("BOX"))).toEqual([
      "record-BOX",
      "short-BOX",
      "record-BOX-twin",
      "short-BOX-twin",
    ]);
  });
});

describe("an image of a machine that its dialect is not known from", () => {
  const little: Abi = { ...toy1.abi, order: "little", word: 8 };
  const anywhere = toy1.next("toy-2", { anyAbi: true });
  const [mark] = toy.probe.marks;
  const both: Format = {
    ...toy,
    dialects: [toy1, anywhere],
    probe: {
      ...toy.probe,
      marks: [mark!, { ...mark!, bytes: mark!.bytes.toReversed() }],
      look(start) {
        const found = toy.probe.look(start);
        if (found.kind === "yes") return { ...found, dialect: anywhere };
        return toy.probe.look(concat(start.subarray(0, 6), start.slice(6, 10).reverse(), start.subarray(10)))
          .kind === "yes"
          ? { kind: "yes", dialect: anywhere, abi: little, why: "it says syoT", sure: true }
          : found;
      },
    },
  };
  const image = concat(
    encodeRecord(anywhere, "BOX", { magic: 0x546f7973, owners: 0 }, { abi: little }),
    encodeRecord(anywhere, "NOTE", { note: Uint8Array.of(1) }, { abi: little }),
    encodeRecord(anywhere, "LID", { sum: 1 }, { abi: little }),
  );
  const { lines } = decoded(image, {}, [both]);

  it("says which in its image line, and comes back as it was", async () => {
    expect(JSON.parse(lines[1]!)).toMatchObject({ dialect: "toy-2", abi: little });
    expectEqual(await encoded(lines, {}, [both]), image);
    expect(decoded(box, {}, [both]).lines[1]).not.toContain("abi");
  });

  it("has longs as wide as its machine has them, in records and in raw blocks", async () => {
    const name = { struct: "", doc: "Of words.", source: "a test" };
    const slot = table({ ...name, name: "slots" }, { at: long("where") });
    const words = toy1.next("toy-words", {
      anyAbi: true,
      tables: {
        ...toy1.tables,
        SHELF: table({ ...name, name: "SHELF" }, { pages: u16("slots that follow"), from: long("first") }),
      },
      image: sequence(
        "BOX",
        record("SHELF", { name: "slots", doc: "where", element: slot, count: "SHELF.pages" }),
        "NOTE",
        "LID",
      ),
    });
    for (const abi of [toy1.abi, little, { ...toy1.abi, word: 8 }, { ...little, word: 4 }] as const) {
      const of: Format = {
        ...both,
        dialects: [words],
        probe: {
          ...both.probe,
          look(start) {
            const found = both.probe.look(start);
            return found.kind === "yes" ? { ...found, dialect: words, abi } : found;
          },
        },
      };
      const far = abi.word === 8 ? 2n ** 40n : 0x40000000;
      const slots = [far, far].map(at => encodeTable(slot, { at }, abi));
      const wide = concat(
        encodeRecord(words, "BOX", { magic: 0x546f7973, owners: 0 }, { abi }),
        encodeRecord(words, "SHELF", { pages: 2, from: far }, { abi }),
        ...slots,
        encodeRecord(words, "NOTE", { note: Uint8Array.of(1) }, { abi }),
        encodeRecord(words, "LID", { sum: 1 }, { abi }),
      );
      const made = decoded(wide, {}, [of]).lines;
      expect(made.map(line => JSON.parse(line).kind)).toEqual([
        ...["head", "image", "record", "record", "raw", "record", "record"],
      ]);
      const shown = abi.word === 8 ? String(far) : far;
      expect(JSON.parse(made[3]!).fields).toMatchObject({ pages: 2, from: shown });
      expect(JSON.parse(made[4]!).values).toEqual([shown, shown]);
      expectEqual(await encoded(made, {}, [of]), wide);
      const check = new Ajv2020({ strict: true }).compile(lineSchemas([of])["image-line.schema.json"]!);
      for (const line of made) expect(check(JSON.parse(line)), line).toBe(true);
    }
  });

  it("has no line in a dialect that is of one machine", async () => {
    const other = lines.with(1, lines[1]!.replace("toy-2", "toy-1"));
    await expect(encoded(other, {}, [both])).rejects.toThrow("images of toy-1 are of toy only (line 2 /abi)");
    await expect(encoded(other)).rejects.toThrow('there is no "abi" here');
  });
});
