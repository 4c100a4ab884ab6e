import { describe, expect, test } from "vitest";
import { type Sample, sampleBytes, samples } from "../format/samples.js";
import { recordNamed, withField } from "../image/splice.js";
import { type HexRow, readHexLine } from "./hex-rows.js";
import { piped, rendered } from "./rendered.js";

const isRow = (line: ReturnType<typeof readHexLine>): line is HexRow => line !== undefined && "bytes" in line;

/** Every byte stands once in the view or is in a run that says it was cut, and what is shown is the file's. */
function expectEveryByteOnce(lines: readonly string[], bytes: Uint8Array): { shown: number; cut: number } {
  let at = 0;
  let shown = 0;
  let run = 0;
  for (const line of lines) {
    const read = readHexLine(line);
    if (read === undefined) continue;
    if (isRow(read)) {
      if (read.text !== "") run = read.offset;
      expect(read.offset, line).toBe(at);
      expect(read.bytes, line).toEqual([...bytes.subarray(at, at + read.bytes.length)]);
      expect(read.ascii, line).toBe(
        read.bytes.map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
      );
      at += read.bytes.length;
      shown += read.bytes.length;
    } else {
      expect(read.last, line).toBeGreaterThanOrEqual(at);
      expect(run + read.length, line).toBe(read.last + 1);
      at = read.last + 1;
    }
  }
  expect(at).toBe(bytes.length);
  return { shown, cut: bytes.length - shown };
}

describe("dump --hex shows every byte once, in the column of its address", () => {
  test.each(samples)("$dialect/$name", ({ bytes }: Sample) => {
    const { text, lines } = rendered(bytes, { view: "hex" });
    const { shown } = expectEveryByteOnce(lines, bytes);
    // Only contents of pages, and tables and FPU states of many rows, are cut.
    expect(shown).toBeGreaterThan(bytes.length < 1000 ? bytes.length - 1 : 1000);
    expect(rendered(piped(bytes), { view: "hex" }).text).toBe(text);
  });

  test("an image of which no run is long is shown whole", () => {
    const bytes = sampleBytes("cr-1/v5p2-tiny.img");
    const { text, lines } = rendered(bytes, { view: "hex" });
    expect(expectEveryByteOnce(lines, bytes)).toEqual({ shown: 304, cut: 0 });
    expect(text).not.toContain("until");
  });

  test.each([20, 250, 300, 600, 4000, 13_000])("a file that ends after %i bytes", length => {
    const bytes = sampleBytes("cr-2/v6-tiny.img").subarray(0, length);
    if (length < 24) expect(() => rendered(bytes, { view: "hex" })).toThrow("not a checkpoint image");
    else expectEveryByteOnce(rendered(bytes, { view: "hex" }).lines, bytes);
  });

  test("a file whose counts lie", () => {
    const tiny = sampleBytes("cr-2/v6-tiny.img");
    const bytes = withField(tiny, recordNamed(tiny, "PGARR", 3), "nr_pages", 2n ** 63n);
    const { lines, text } = rendered(bytes, { view: "hex" });
    expectEveryByteOnce(lines, bytes);
    expect(text).toContain("| error: nr_pages is ");
  });

  test("bytes around the image", () => {
    const image = sampleBytes("cr-1/v5p2-tiny.img");
    const bytes = new Uint8Array(5000 + image.length + 3).fill(0x5a);
    bytes.set(image, 5000);
    const { lines, text } = rendered(bytes, { view: "hex" });
    expectEveryByteOnce(lines, bytes);
    expect(text).toContain("| gap");
  });
});

describe("beside the bytes of a field stands the field", () => {
  const { lines } = rendered(sampleBytes("cr-3b/v13-xsave-fpu.img"), { view: "hex" });
  const rowWith = (text: string) =>
    lines.map(readHexLine).find(row => isRow(row) && row.text.startsWith(text)) as HexRow;

  test("its name, value and meaning", () => {
    expect(rowWith("  flags 0x1 CKPT")).toMatchObject({ offset: 0x20, bytes: [1, 0, 0, 0, 0, 0, 0, 0] });
    expect(rowWith("  tasks_nr 1")).toMatchObject({ bytes: [1, 0, 0, 0] });
  });

  test("the header of a record is three fields, under its path and name", () => {
    expect(rowWith("task[0].cpu CPU  type 104").bytes).toEqual([104, 0]);
    expect(rowWith("task[0].mm MM  type 201").bytes).toEqual([201, 0]);
  });

  test("what was never set is no value", () => {
    expect(rowWith("  r15").text).toBe("  r15 (stale, left over from THREAD)");
    expect(rowWith("  _pading").text).toBe("  _pading (stale)");
  });

  test("a long run says where it ends and how long it is", () => {
    const cuts = lines.map(readHexLine).filter(line => line !== undefined && "length" in line);
    expect(cuts).toContainEqual({ last: 0x48a3, length: 576 });
  });
});
