import { describe, expect, test } from "vitest";
import { samples } from "../format/samples.js";
import { recordNamed, withField, withLen } from "../image/splice.js";
import { piped, rendered } from "./rendered.js";
import { schemaCheck } from "./schema-check.js";

interface Line {
  readonly offset: number;
  readonly length: number;
  readonly kind: string;
  readonly name: string | null;
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly items: readonly Line[];
  readonly images: readonly { length: number }[];
  readonly errors: readonly { message: string }[];
  readonly error_count: number;
}

const checkItem = schemaCheck("dump-item.schema.json");
const checkDocument = schemaCheck("dump.schema.json");
const linesOf = (text: string) =>
  text
    .split("\n")
    .filter(line => line !== "")
    .map(line => JSON.parse(line) as Line);

/** No byte twice, none left out. */
function expectTiles(items: readonly Line[], size: number): void {
  let at = 0;
  for (const { offset, length, path } of items) {
    expect(offset, path).toBe(at);
    at += length;
  }
  expect(at).toBe(size);
}

describe("dump --jsonl gives one item a line, and the items tile the file", () => {
  test.each(samples)("$dialect/$name", ({ bytes, name }) => {
    const { text } = rendered(bytes, { view: "jsonl" });
    const items = linesOf(text);
    expectTiles(items, bytes.length);
    for (const item of items) checkItem(item, `${name} ${item.path}`);
    expect(rendered(piped(bytes), { view: "jsonl" }).text).toBe(text);
  });
});

describe("dump --json gives the same items in one document", () => {
  test.each(samples)("$dialect/$name", ({ bytes, name }) => {
    const { text, report } = rendered(bytes, { view: "json", label: name });
    const document = JSON.parse(text) as Document;
    checkDocument(document, name);
    expect(document.items).toEqual(linesOf(rendered(bytes, { view: "jsonl" }).text));
    expect(document.error_count).toBe(report.errorCount);
    expect(document.errors).toHaveLength(report.errors.length);
    expect(document.images).toHaveLength(name === "v6-twice.img" ? 2 : 1);
  });

  test("of a pipe, too, with what is known only at the end behind the items", () => {
    const { bytes } = samples.find(({ name }) => name === "v9-tree.img")!;
    const document = JSON.parse(rendered(piped(bytes), { view: "json" }).text) as Document;
    checkDocument(document, "v9-tree.img");
    expect(document).toEqual(JSON.parse(rendered(bytes, { view: "json" }).text));
  });
});

describe("damage is in the document, not in the way of it", () => {
  const { bytes } = samples.find(({ name }) => name === "v9-fpu.img")!;
  const chunk = recordNamed(bytes, "PGARR", 3);
  const uncounted = withLen(bytes, chunk, 0).subarray(0, chunk.offset + 8);
  const damaged = {
    "cut in a VMA": bytes.subarray(0, recordNamed(bytes, "VMA", 2).offset + 21),
    "cut in page contents": bytes.subarray(0, recordNamed(bytes, "PGARR", 3).offset + 999),
    "cut in a record header": bytes.subarray(0, recordNamed(bytes, "FILES").offset + 3),
    "map_count 0xffffffff": withField(bytes, recordNamed(bytes, "MM"), "map_count", 0xffff_ffff),
    "a PGARR without its count": uncounted,
    "nr_pages 2^63": withField(bytes, recordNamed(bytes, "PGARR", 3), "nr_pages", 2n ** 63n),
  };

  test.each(Object.entries(damaged))("%s", (name, image) => {
    const document = JSON.parse(rendered(image, { view: "json" }).text) as Document;
    checkDocument(document, name);
    expectTiles(document.items, image.length);
    expect(document.error_count).toBeGreaterThan(0);
    expect(document.errors[0]!.message).not.toBe("");
  });
});

test("numbers that JSON cannot hold are strings: hex for addresses and flags, decimal for counts", () => {
  const { bytes } = samples.find(({ name }) => name === "v6-tiny.img")!;
  const items = linesOf(rendered(bytes, { view: "jsonl" }).text);
  const first = (name: string) => items.find(item => item.name === name)!.fields;
  expect(first("VMA")).toMatchObject({
    vm_start: "0x8048000",
    vm_flags: "0x8001871",
    vm_pgoff: "0",
    vma_type: 2,
  });
  expect(first("HEAD")).toMatchObject({ time: "1795224957", rev: 2 });
});

test("the entries of a descriptor table that are in use are told apart, each with its index", () => {
  const { bytes } = samples.find(({ name }) => name === "v6-ldt.img")!;
  const items = linesOf(rendered(bytes, { view: "jsonl" }).text);
  const segments = (name: string) => items.find(item => item.name === name)!.fields["segments"];
  expect(segments("ldt")).toMatchObject([
    { index: 0, base: 0x11223344, limit: 0xabcde, pages: true, present: true, bits: 32 },
    { index: 3, base: 0x0804c9c0, limit: 0xff, pages: false, present: true, bits: 32 },
  ]);
  expect(segments("tls")).toMatchObject([
    { index: 0, base: 0x0804c9c0, limit: 0xfffff, pages: true, dpl: 3 },
  ]);
});
