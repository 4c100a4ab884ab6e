import { bytes, text, u16, u32 } from "../../src/codec/field.js";
import { counted, group, record, sequence } from "../../src/codec/grammar.js";
import { table } from "../../src/codec/table.js";
import type { Format } from "../../src/formats/format.js";
import type { Fact } from "../../src/model/fact.js";
import { dialect } from "../../src/stream/dialect.js";
import { RecordReader } from "../../src/stream/record-reader.js";

/** A format that nobody uses, and nothing outside this file knows: big-endian tag, length and value. */
const named = (name: string, struct = "") => ({ name, struct, doc: `${name} of a toy.`, source: "a test" });
const MAGIC = 0x546f7973;
const header = table(named("header", "tlv"), { type: u16("tag"), len: u32("bytes, the header included") });
const big = { order: "big", word: 4, page: 16, arch: "toy" } as const;

export const toy1 = dialect("toy-1", {
  doc: "Boxes with shelves.",
  rev: 1,
  series: ["one", "two"],
  framing: { header, payload: len => len - header.size, len: size => size + header.size, most: 1024 * 1024 },
  abi: big,
  begins: "BOX",
  ends: ["LID"],
  types: { BOX: 0x101, OWNER: 0x102, SHELF: 0x103, NOTE: 0x104, LID: 0x1ff },
  tables: {
    BOX: table(named("BOX"), {
      magic: u32("Toys", { show: "hex", valid: { equals: MAGIC } }),
      owners: u32("owners that follow"),
    }),
    OWNER: table(named("OWNER"), { pid: u32("number"), shelves: u32("shelves"), name: text(8, "who") }),
    SHELF: table(named("SHELF"), {
      from: u32("first address", { show: "address" }),
      pages: u32("pages of 16 bytes that follow", { valid: { max: 64 } }),
    }),
    NOTE: table(named("NOTE"), { note: bytes("rest", "whatever") }),
    LID: table(named("LID"), { sum: u32("anything", { show: "hex" }) }),
  },
  image: sequence(
    "BOX",
    counted(
      "BOX.owners",
      group("owner", "OWNER", counted("OWNER.shelves", group("shelf", record("SHELF", shelfPages())))),
    ),
    "NOTE",
    "LID",
  ),
});

function shelfPages() {
  const doc = "what lies on it";
  return { name: "stuff", doc, count: "SHELF.pages", stride: 16, extent: true } as const;
}

export const toy: Format = {
  id: "toy",
  title: "toys",
  probe: {
    marks: [{ bytes: Uint8Array.of(0x54, 0x6f, 0x79, 0x73), at: header.size }],
    spans: { head: 14, usual: 14, most: 14 },
    look(start) {
      const is = start.length >= 14 && new DataView(start.buffer, start.byteOffset).getUint32(6) === MAGIC;
      if (!is) return { kind: "no", why: "no toys" };
      return { kind: "yes", dialect: toy1, abi: big, why: "it says Toys", sure: true };
    },
  },
  dialects: [toy1],
  reader: (start, input) => new RecordReader(start, input),
  facts() {
    let task: number | undefined;
    let tasks = 0;
    return {
      holds: false,
      get task() {
        return task;
      },
      add(item, tell) {
        const values = item.kind === "record" ? (item.fields as Record<string, number>) : {};
        const fact = (made: object) => tell({ item, ...made } as Fact);
        if (item.kind === "raw") fact({ kind: "contents", count: item.count });
        else if (item.kind !== "record") fact({ kind: "rest" });
        else if (item.name === "OWNER") {
          task = tasks++;
          fact({ kind: "task", index: task, pid: values["pid"], comm: String(values["name"]), leftover: "" });
        } else if (item.name === "SHELF") {
          const start = BigInt(values["from"] ?? 0);
          const end = start + 16n * BigInt(values["pages"] ?? 0);
          fact({ kind: "area", task, start, end, perms: "rw-p", offset: 0n, backing: "anonymous", name: "" });
        } else {
          task = undefined;
          fact({ kind: item.name === "BOX" ? "image" : item.name === "LID" ? "end" : "rest", head: {} });
        }
      },
      end() {},
    };
  },
  facets: {},
};
