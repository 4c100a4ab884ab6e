import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textLines } from "../../src/lines/text-lines.js";

async function linesOf(chunks: Iterable<Uint8Array | string>): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const { lines, first } of textLines(chunks)) {
    for (const [i, line] of lines.entries()) found.push([first + i, line]);
  }
  return found;
}

/** Through one buffer that is used again, as a file is read. */
function* pieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(buffer, 0, at, at + size);
    yield buffer.subarray(0, length);
  }
}

describe("lines of text", () => {
  const text = fc.array(
    fc.oneof(
      fc.string({ unit: "grapheme" }).map(s => s.replaceAll("\n", "")),
      fc.constant(""),
    ),
  );

  it("are the same in pieces of any size, with their numbers", async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 20 }), fc.boolean(), async (lines, size, ended) => {
        const file = lines.join("\n") + (ended && lines.length > 0 ? "\n" : "");
        const found = await linesOf(pieces(file, size));
        // A last line of nothing is none.
        const expected = lines.at(-1) === "" && !ended ? lines.slice(0, -1) : lines;
        expect(found).toEqual(expected.map((line, i) => [i + 1, line]));
        expect(await linesOf([file])).toEqual(found);
      }),
    );
  });

  it("may be parted as text, too, between the halves of a character", async () => {
    const file = "a😀\n😀b";
    const halves = [...file].flatMap(character => character.split(""));
    expect(halves).toHaveLength(7);
    expect((await linesOf(halves)).map(([, line]) => line)).toEqual(file.split("\n"));
  });

  it.each([["a\ud83d"], ["\ude00a"], ["a\ud83d", "b"]])("%j has half a character", async (...chunks) => {
    await expect(linesOf(chunks)).rejects.toThrow(
      /half a character stands in the lines; JSON writes it as \\u(d83d|de00)/,
    );
  });

  it("may be longer than what is looked at together", async () => {
    const long = "x".repeat(700_000);
    const lines = [long, "", `${long}é`, "end"];
    for (const size of [1000, 65_536, 3_000_000]) {
      expect((await linesOf(pieces(lines.join("\n"), size))).map(([, line]) => line)).toEqual(lines);
    }
  });

  it("that are no UTF-8 are told by number, when those before have been taken", async () => {
    const bytes = Buffer.concat([Buffer.from("a\nb\n"), Buffer.from([0xc3]), Buffer.from("\nc")]);
    const found: string[] = [];
    const read = async () => {
      for await (const { lines } of textLines([bytes])) found.push(...lines);
    };
    await expect(read()).rejects.toThrow("the line is not UTF-8 (line 3)");
    expect(found).toEqual(["a", "b"]);
  });
});
