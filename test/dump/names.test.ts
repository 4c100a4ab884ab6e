import { describe, expect, test } from "vitest";
import { encodeText } from "../../src/codec/text.js";
import { plain } from "../../src/dump/style.js";
import { summaryLines, summaryTable } from "../../src/dump/summary-view.js";
import { bytesSource } from "../../src/source/source.js";
import { summarize } from "../engines.js";
import { sampleBytes } from "../format/samples.js";
import { concat, overwritten, recordNamed } from "../image/splice.js";
import { rendered } from "./rendered.js";

const header = 8;
// ESC [ m, newline, BEL, U+202E, a byte that is no UTF-8: ten bytes with the NUL, as "/bin/ckpt" has.
const hostilePath = Uint8Array.of(0x1b, 0x5b, 0x6d, 0x0a, 0x07, 0xe2, 0x80, 0xae, 0xff, 0);
const shownPath = "\\x1b[m\\n\\x07\\u{202e}\\xff";
const hostileComm = Uint8Array.of(
  0x78,
  0x1b,
  0x5d,
  0x0a,
  0xe2,
  0x80,
  0xae,
  0xfe,
  0,
  0x07,
  0x0d,
  0,
  0,
  0,
  0,
  0,
);
const shownComm = "x\\x1b]\\n\\u{202e}\\xfe";

const image = (() => {
  const plain = sampleBytes("cr-2/v6-files.img");
  const fname = recordNamed(plain, "FNAME");
  const comm = recordNamed(plain, "STRING");
  const open = recordNamed(plain, "FNAME", 4);
  const release = recordNamed(plain, "HEAD");
  const place = release.table.layout.find(({ name }) => name === "release")!.offset;
  expect(fname.header.len).toBe(hostilePath.length);
  const hostile = overwritten(
    overwritten(plain, fname.offset + header, hostilePath),
    comm.offset + header,
    hostileComm,
  );
  const inFile = hostilePath.subarray(hostilePath.length - open.header.len);
  return overwritten(
    overwritten(hostile, open.offset + header, inFile),
    release.offset + header + place,
    concat(hostilePath, new Uint8Array(40)),
  );
})();

/** No character that a terminal acts upon, lines apart. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}|[\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])/u);
}

describe("names that are made to deceive a terminal", () => {
  const tree = rendered(image).text;

  test("are escaped in the tree", () => {
    expectHarmless(tree);
    expect(tree).toContain(`task[0] ${shownComm}  pid `);
    expect(tree).toContain(`(comm: "\\x07\\r" left over behind its NUL)`);
    expect(tree).toMatch(
      new RegExp(`^0x[0-9a-f]+ +08048000-08049000 r--p 00000000 ${escapedForPattern(shownPath)} `, "m"),
    );
  });

  test("are escaped in the right column of the hex view", () => {
    const { text } = rendered(image, { view: "hex" });
    expectHarmless(text);
    expect(text).toContain(`  fname "${shownPath}\\0"`);
    expect(text).toContain(`  str "${shownComm}\\0\\x07\\r`);
  });

  test("are escaped in the view of single fields", () => {
    const { text } = rendered(image, { only: ["FNAME", "string", "head"] });
    expectHarmless(text);
    expect(text).toContain(`fname "${shownPath}\\0"`);
    expect(text).toContain(`str "${shownComm}\\0\\x07\\r`);
    expect(text).toContain(`release "${shownPath}"`);
  });

  test("are escaped in summary and table, the name of the file with them", () => {
    const [summary] = summarize(bytesSource(image));
    const label = "evil\x1b]0;\n\u202e.img";
    const lines = summaryLines(label, summary!, plain).join("\n");
    const table = summaryTable([{ label, summary: summary! }], plain).join("\n");
    for (const text of [lines, table]) {
      expectHarmless(text);
      expect(text).toContain("evil\\x1b]0;\\n\\u{202e}.img");
      expect(text).toContain(shownComm);
    }
    expect(lines).toContain(`(${shownPath}, #`);
    expect(table.split("\n")).toHaveLength(2);
  });

  test("are exact in JSON: its text gives the bytes back", () => {
    const items = rendered(image, { view: "jsonl" }).lines.map(
      line => JSON.parse(line) as { name: string; fields: { fname: string; str: string } },
    );
    const path = items.find(({ name }) => name === "FNAME")!.fields.fname;
    expect(path).toBe("\x1b[m\n\x07\u202e\udcff");
    // The NULs at an end are left to the length.
    expect([...encodeText(path), 0]).toEqual([...hostilePath]);
    const comm = items.find(({ name }) => name === "STRING")!.fields.str;
    expect([...encodeText(comm)]).toEqual([...hostileComm.subarray(0, 11)]);
  });

  test("are exact in JSON where it is written: no line is broken, no half of a surrogate pair is lost", () => {
    const { text } = rendered(image, { view: "jsonl" });
    expect(Buffer.from(text, "utf8").toString("utf8")).toBe(text);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    const document = rendered(image, { view: "json", label: "evil\x1b\n.img" }).text;
    expect(document).not.toMatch(/[^\P{Cc}\n]/u);
    expect(JSON.parse(document)).toMatchObject({ file: "evil\x1b\n.img" });
  });
});

function escapedForPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
