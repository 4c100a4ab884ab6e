import { describe, expect, it } from "vitest";
import type { RawItem, RecordItem } from "../../src/stream/item.js";
import { collect, type Walked } from "./collect.js";
import { holdAgainst } from "./reference-claim.js";
import { parseReferenceDump, pythonBytes } from "./reference-dump.js";
import { chunk4196, referenceText, samples } from "./samples.js";

const images: readonly { name: string; dialect: string; bytes: () => Uint8Array }[] = [
  ...samples.map(({ name, dialect, bytes }) => ({ name, dialect, bytes: () => bytes })),
  { name: "chunk4196", dialect: "cr-2", bytes: chunk4196 },
];

describe("An independent reader agrees with the walk", () => {
  it.each(images)("about every word of its dump of $name", ({ name, dialect, bytes }) => {
    const text = referenceText(name);
    expect(text, `test/fixtures/records has no dump of ${name}`).toBeDefined();
    const dump = parseReferenceDump(text!);
    const input = bytes();
    const walked = collect(input);
    const blocks = blocksOf(walked);

    expect(dump.size).toBe(input.length);
    expect(dump.end).toBe(walked.items.reduce((end, item) => Math.max(end, item.offset + item.length), 0));
    expect(blocks.size).toBe(dump.records.length + dump.elided);
    for (const record of dump.records) {
      const block = blocks.get(record.offset);
      expect(block, `no record at the offset of: ${record.line}`).toBeDefined();
      const [item, behind] = block!;
      expect(item.image.dialect.name).toBe(dialect);
      for (const { claim, expected, found } of holdAgainst(record, item, behind)) {
        expect(found, `${claim} in: ${record.line}`).toEqual(expected);
      }
    }
  });
});

describe("A reference dump", () => {
  const line = "0002e0 PGARR      len 8 parent 0 nr_pages 1 vaddrs ['804c000']";

  it("is read word by word", () => {
    const { records, elided, end, size } = parseReferenceDump(
      `${line}\n... (66 lines)\nend at 2a49 of 2a4a\n`,
    );
    expect({ elided, end, size }).toEqual({ elided: 66, end: 0x2a49, size: 0x2a4a });
    expect([...records[0]!.claims]).toEqual([
      ["nr_pages", "1"],
      ["vaddrs", "['804c000']"],
    ]);
  });

  it("with a word that nobody knows fails, and does not pass unread", () => {
    const { records } = parseReferenceDump(`${line} colour 7\nend at 8 of 8`);
    const { items } = collect(samples.find(({ name }) => name === "v6-files")!.bytes);
    const item = items.find(candidate => candidate.offset === 0x2e0) as RecordItem;
    expect(() => holdAgainst(records[0]!, item, [])).toThrow("nobody knows what 'colour' means");
  });

  it("with something that is no word at all fails", () => {
    expect(() => parseReferenceDump(`${line} ???\nend at 8 of 8`)).toThrow("cannot read ' ???'");
    expect(() => parseReferenceDump(line)).toThrow("no 'end at' line");
  });

  it("has bytes as Python writes them", () => {
    expect(Buffer.from(pythonBytes("b'a\\x00\\\\\\n'")).toString("hex")).toBe("61005c0a");
  });
});

/** Each record by its offset, with the raw blocks behind it. */
function blocksOf({ items }: Walked): Map<number, [RecordItem, RawItem[]]> {
  const blocks = new Map<number, [RecordItem, RawItem[]]>();
  let behind: RawItem[] = [];
  for (const item of items) {
    if (item.kind === "record") {
      behind = [];
      blocks.set(item.offset, [item, behind]);
    } else if (item.kind === "raw") behind.push(item);
  }
  return blocks;
}
