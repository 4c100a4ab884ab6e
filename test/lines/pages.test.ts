import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/source/source.js";
import { pipeOf } from "../image/chunked.js";
import { collect, rawBlocks } from "../image/collect.js";
import { chunk4196, sample, samples } from "../image/samples.js";
import { concat, recordNamed } from "../image/splice.js";
import { decoded, encoded, expectEqual } from "./there-and-back.js";

const { bytes } = sample("v9-maps");
const beside = decoded(bytes, { pages: "file" });

describe("page contents beside the lines", () => {
  it.each(samples)("$name", async ({ bytes, name }) => {
    const { lines, pages } = decoded(bytes, { pages: "file" });
    const blocks = rawBlocks(collect(bytes)).filter(item => item.block.extent);
    expectEqual(pages, concat(...blocks.map(item => bytes.subarray(item.offset, item.offset + item.length))));
    expectEqual(await encoded(lines, { pages: bytesSource(pages) }), bytes, name);
  });

  it("are one line a block, however long it is", () => {
    const { lines } = decoded(chunk4196(), { pages: "file" });
    const blocks = lines.filter(line => line.includes('"name":"pages"')).map(line => JSON.parse(line));
    expect(blocks.map(({ length }) => length).filter(length => length > 5 * 4096)).toEqual([
      4096 * 4096,
      100 * 4096,
    ]);
  });

  it("are taken from a pipe, too", async () => {
    expectEqual(await encoded(beside.lines, { pages: pipeOf(beside.pages, 1000) }), bytes);
  });

  it("may be cut: so is the last block", async () => {
    const end = recordNamed(bytes, "PGARR", 5).offset - 100;
    const cut = bytes.subarray(0, end);
    const { lines, pages } = decoded(cut, { pages: "file" });
    expectEqual(await encoded(lines, { pages: bytesSource(pages) }), cut);
  });

  it("can be given for lines without any", async () => {
    const { lines, pages } = decoded(bytes, { pages: "none" });
    expect(pages).toHaveLength(0);
    expect(lines.slice(1)).toEqual(beside.lines.slice(1));
    expect(lines[0]).toContain('"pages":"none"');
    expectEqual(await encoded(lines, { pages: bytesSource(beside.pages) }), bytes);
  });

  it("and in the lines can be mixed", async () => {
    const inline = decoded(bytes).lines;
    const last = (line: string) => line.includes('"name":"pages"');
    const lines = beside.lines.with(beside.lines.findLastIndex(last), inline[inline.findLastIndex(last)]!);
    const length = JSON.parse(beside.lines.findLast(last)!).length as number;
    const pages = beside.pages.subarray(0, beside.pages.length - length);
    expectEqual(await encoded(lines, { pages: bytesSource(pages) }), bytes);
  });

  it("that are not given are missed at the first line that needs them", async () => {
    const number = beside.lines.findIndex(line => line.includes('"name":"pages"')) + 1;
    await expect(encoded(beside.lines)).rejects.toMatchObject({
      code: "usage",
      message: `the page contents are not in the lines, and no file with them is given (--pages) (line ${number} /length)`,
    });
  });

  it("that are too short are told from the line that they end in", async () => {
    const pages = bytesSource(beside.pages.subarray(0, beside.pages.length - 5000));
    const [first, second] = beside.lines
      .flatMap((line, i) => (line.includes('"name":"pages"') ? [i + 1] : []))
      .slice(-2);
    const found = await encoded(beside.lines, { pages }).catch((error: Error) => error);
    expect(found).toMatchObject({ code: "truncated" });
    expect((found as Error).message).toMatch(
      new RegExp(
        `^the file with the page contents ends after ${pages.size} bytes, \\d+ before this line is complete \\(line (${first}|${second}) /length\\)$`,
      ),
    );
  });

  it.each([
    ["a file", (pages: Uint8Array) => bytesSource(pages), "1 bytes more"],
    ["a pipe", (pages: Uint8Array) => pipeOf(pages), "more bytes"],
  ])("that are too long are refused: %s", async (_, source, more) => {
    const pages = source(concat(beside.pages, Uint8Array.of(0)));
    await expect(encoded(beside.lines, { pages })).rejects.toMatchObject({
      code: "malformed",
      message: `the file with the page contents has ${more} than the ${beside.pages.length} that the lines take`,
    });
  });
});
