import { describe, expect, it } from "vitest";
import { cr2 } from "../../src/formats/cr/cr-2.js";
import type { RecordItem } from "../../src/stream/item.js";
import { convertBytes } from "../convert/converter.js";
import { collect, errors, records } from "../image/collect.js";
import { addressesFrom, makeImage } from "../image/made-image.js";
import { chunk4196, sample, samples } from "../image/samples.js";
import { recordNamed, withField, withLen } from "../image/splice.js";
import { findingsOf } from "../verify/judged.js";
import { decoded, edited, encoded, expectEqual, indexOfLine } from "./there-and-back.js";

const files = sample("v6-files").bytes;
const { lines } = decoded(files);

function field(bytes: Uint8Array, name: string, member: string, nth = 0): unknown {
  return (recordNamed(bytes, name, nth).fields as unknown as Record<string, unknown>)[member];
}

describe("what is edited is what is written:", () => {
  it("a number, and nothing else", async () => {
    const other = edited(lines, "VMA", 3, ({ fields }) => {
      fields["vm_flags"] = "0xffffffffffffffff";
    });
    const vma = recordNamed(files, "VMA", 3);
    expectEqual(await encoded(other), withField(files, vma, "vm_flags", 2n ** 64n - 1n));
  });

  it("the parent of a record, and a len that lies", async () => {
    const other = edited(lines, "MM", 0, line => {
      line["parent"] = 0xffff_ffff;
      line["len"] = -5;
    });
    const { header } = recordNamed(await encoded(other), "MM");
    expect(header).toMatchObject({ parent: 0xffff_ffff, len: -5 });
  });

  it("comm: the text in as many bytes as before", async () => {
    const image = await encoded(edited(lines, "STRING", 0, ({ fields }) => (fields["str"] = "renamed")));
    expect(image).toHaveLength(files.length);
    expect(field(image, "STRING", "str")).toBe("renamed\0\0\0\0\0\0\0\0\0");
  });

  it("a path that is longer than its len says it is", async () => {
    const other = edited(lines, "FNAME", 0, ({ fields }) => (fields["fname"] = "/usr/bin/longer"));
    const image = await encoded(other);
    expect(image).toHaveLength(files.length + 5);
    const { offset } = recordNamed(files, "FNAME");
    expect(image.subarray(offset, offset + 8)).toEqual(files.subarray(offset, offset + 8));
  });

  it("a len that is left out is that of the payload", async () => {
    const bare = lines.map(line => {
      const { len: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify(rest);
    });
    expectEqual(await encoded(bare), files);
  });

  it("and not what is there for people: path, offset, first, why", async () => {
    const bare = lines.map(line => {
      const { path: _, offset: __, why: ___, first: ____, ...rest } = JSON.parse(line);
      return JSON.stringify({ ...rest });
    });
    expectEqual(await encoded(bare), files);
  });

  it("the dialect: the same records under other numbers", async () => {
    const { bytes } = sample("v9-fpu");
    const other = decoded(bytes).lines.map(line => line.replace('"dialect":"cr-3a"', '"dialect":"cr-3b"'));
    const walked = collect(await encoded(other));
    expect(walked.findings).toEqual([]);
    expect(records(walked).map(({ name }) => name)).toEqual(records(collect(bytes)).map(({ name }) => name));
    expect((records(walked)[0] as RecordItem).image.dialect.name).toBe("cr-3b");
  });
});

describe("with counts fixed", () => {
  const fixed = (edit: readonly string[]) => encoded(edit, { fixCounts: true });
  const without = (from: number, count: number) => lines.toSpliced(from, count);

  /** No error of the walk, and nothing that verify did not say of the image before. */
  function expectAsSound(image: Uint8Array, before: Uint8Array): void {
    expect(errors(collect(image))).toEqual([]);
    const known = new Set(findingsOf(before).map(({ rule }) => rule));
    expect(findingsOf(image).filter(({ rule }) => !known.has(rule))).toEqual([]);
  }

  it.each(samples.filter(({ name }) => name !== "v6-pipe"))("$name stays as it is", async ({ bytes }) => {
    expectEqual(await fixed(decoded(bytes).lines), bytes);
  });

  it("a VMA less: map_count", async () => {
    const from = indexOfLine(lines, "VMA", 4);
    const image = await fixed(without(from, indexOfLine(lines, "VMA", 5) - from));
    expect(field(image, "MM", "map_count")).toBe(6);
    expectAsSound(image, files);
  });

  it("a VMA more, with a name of its own", async () => {
    const from = indexOfLine(lines, "VMA", 4);
    const vma = JSON.parse(lines[from]!);
    const range = { vma_type: 2, vm_start: "0x9000000", vm_end: "0x9001000" };
    const more = [
      { ...vma, fields: { ...vma.fields, ...range, vm_pgoff: "0" } },
      { kind: "record", name: "FNAME", parent: 0, fields: { fname: "/lib/libnew.so" } },
      { kind: "record", name: "PGARR", parent: 0, fields: { nr_pages: "0" } },
    ];
    const at = indexOfLine(lines, "VMA", 5);
    const image = await fixed(lines.toSpliced(at, 0, ...more.map(line => JSON.stringify(line))));
    expect(field(image, "MM", "map_count")).toBe(8);
    expect(field(image, "FNAME", "fname", 4)).toBe("/lib/libnew.so\0");
    expectAsSound(image, files);
  });

  it("a descriptor less: nfds", async () => {
    const image = await fixed(without(indexOfLine(lines, "FD_ENT", 11), 1));
    expect(field(image, "FILES", "nfds")).toBe(11);
    expectAsSound(image, files);
  });

  it("a descriptor more, of a file that is open already", async () => {
    const at = indexOfLine(lines, "FD_ENT", 11);
    const entry = JSON.parse(lines[at]!);
    entry.fields = { ...entry.fields, fd: 62, objref: 1 };
    const image = await fixed(lines.toSpliced(at, 0, JSON.stringify(entry)));
    expect(field(image, "FILES", "nfds")).toBe(13);
    expectAsSound(image, files);
  });

  it("a page more: nr_pages", async () => {
    const at = indexOfLine(lines, "addresses", 1);
    const addresses = JSON.parse(lines[at]!);
    addresses.values = [addresses.values[0] - 4096, ...addresses.values];
    const page = { kind: "raw", name: "pages", base64: Buffer.alloc(4096, 7).toString("base64") };
    const image = await fixed(lines.toSpliced(at, 1, JSON.stringify(addresses), JSON.stringify(page)));
    expect(recordNamed(image, "PGARR", indexOfPgarr(at))).toMatchObject({
      counts: [2, 2],
      fields: { nr_pages: 2n },
    });
    expectAsSound(image, files);
  });

  it("a chunk of pages less", async () => {
    const from = indexOfLine(lines, "addresses", 0) - 1;
    expectAsSound(await fixed(without(from, 3)), files);
  });

  function indexOfPgarr(line: number): number {
    return lines.slice(0, line).filter(text => text.includes('"name":"PGARR"')).length - 1;
  }

  it("a path of another length: len", async () => {
    const image = await fixed(
      edited(lines, "FNAME", 0, ({ fields }) => (fields["fname"] = "/usr/bin/longer")),
    );
    expect(recordNamed(image, "FNAME")).toMatchObject({
      header: { len: 16 },
      fields: { fname: "/usr/bin/longer\0" },
    });
    expectAsSound(image, files);
  });

  it("a task less: tasks_nr", async () => {
    const { bytes } = sample("v13-tree");
    const tree = decoded(bytes).lines;
    const from = indexOfLine(tree, "TASK", 4);
    const fewer = tree.toSpliced(from, indexOfLine(tree, "TAIL") - from);
    const pids = edited(fewer, "pids", 0, line => (line["values"] as unknown[]).pop());
    const image = await fixed(pids);
    expect(field(image, "TREE", "tasks_nr")).toBe(4);
    expectAsSound(image, bytes);
  });

  it("LDT entries and TLS entries: nldt and ntls", async () => {
    const { bytes } = sample("v13-ldt");
    const { lines } = decoded(bytes);
    const ldt = edited(lines, "ldt", 0, line => (line["values"] as unknown[]).splice(2));
    const tls = edited(ldt, "tls", 0, line => {
      (line["values"] as unknown[])[2] = "0x8dff204c9c0ffff";
    });
    const image = await fixed(tls);
    expect(field(image, "MM_CONTEXT", "nldt")).toBe(2);
    expect(field(image, "THREAD", "ntls")).toBe(2);
    expect(errors(collect(image))).toEqual([]);
  });

  it("counts and lengths that lied", async () => {
    const names = ["MM", "FILES", "TASK"] as const;
    const [mm, fd, task] = names.map(name => recordNamed(files, name));
    const wrong = withField(withField(withLen(files, mm!, 90), fd!, "nfds", 99), task!, "task_comm_len", 7);
    expectEqual(await fixed(decoded(withField(wrong, mm!, "map_count", 2)).lines), files);
  });

  it("a running total becomes the true count, and the image stays sound", async () => {
    const bytes = chunk4196();
    const image = await fixed(decoded(bytes).lines);
    const second = (item: Uint8Array) =>
      records(collect(item))
        .filter(({ name }) => name === "PGARR")
        .map(({ fields }) => (fields as { nr_pages: bigint }).nr_pages)
        .filter(pages => pages > 50n);
    expect(second(bytes)).toEqual([4096n, 4196n]);
    expect(second(image)).toEqual([4096n, 100n]);
    expectAsSound(image, bytes);
    expectEqual(await fixed(decoded(image).lines), image);
    expectEqual(convertBytes(bytes, { repair: ["chunks"] }).bytes, image);
  });

  it("a PGARR that only repeats a total is left out, since 0 would end the VMA", async () => {
    const start = 0x10000000;
    const chunks = [
      { nr_pages: 2, addresses: addressesFrom(start, 2) },
      { nr_pages: 2, addresses: [] },
    ];
    const area = { start, end: start + 4 * 4096, chunks };
    const bytes = makeImage(cr2, { tasks: [{ pid: 5, areas: [area] }] });
    const image = await fixed(decoded(bytes).lines);
    const good = makeImage(cr2, { tasks: [{ pid: 5, areas: [{ ...area, chunks: chunks.slice(0, 1) }] }] });
    expectEqual(image, good);
  });

  it("the counts of one image say nothing of the next", async () => {
    const { bytes } = sample("v6-twice");
    const { lines } = decoded(bytes);
    const from = indexOfLine(lines, "VMA", 4);
    const image = await fixed(lines.toSpliced(from, indexOfLine(lines, "VMA", 5) - from));
    expect([0, 1].map(nth => field(image, "MM", "map_count", nth))).toEqual([6, 7]);
    expect(errors(collect(image))).toEqual([]);
  });

  it("what was cut is not made whole: only its counts are", async () => {
    const { bytes } = sample("v6-pipe");
    const image = await fixed(decoded(bytes).lines);
    expectEqual(image, withField(bytes, recordNamed(bytes, "FILES"), "nfds", 4));
  });

  it("of lines that are not the same when they are read again is an error", async () => {
    let isFirst = true;
    const other = {
      *[Symbol.iterator]() {
        const file = isFirst ? lines.filter(line => !line.includes('"PGARR"')) : lines;
        isFirst = false;
        yield file.join("\n");
      },
    };
    await expect(encoded(other, { fixCounts: true })).rejects.toMatchObject({ code: "usage" });
    const once = [lines.join("\n")].values();
    await expect(encoded(once, { fixCounts: true })).rejects.toThrow("there are no lines");
  });

  it("a count that does not fit its field is an error", async () => {
    const { bytes } = sample("v13-ldt");
    const many = edited(decoded(bytes).lines, "ldt", 0, line => {
      line["values"] = Array.from({ length: 40_000 }, () => "0x0");
    });
    await expect(fixed(many)).rejects.toThrow(
      /MM_CONTEXT.nldt is a s16, 40000 does not fit \(line \d+ \/fields\)/,
    );
  });
});
