import { describe, expect, test } from "vitest";
import { decodeText, splitAtNul } from "../../src/codec/text.js";
import { plain } from "../../src/dump/style.js";
import { summaryTable } from "../../src/dump/summary-view.js";
import { cr2 } from "../../src/formats/cr/cr-2.js";
import { escapeText } from "../../src/index.js";
import { bytesSource } from "../../src/source/source.js";
import { summarize } from "../engines.js";
import { parseReferenceDump, pythonBytes, type ReferenceRecord } from "../image/reference-dump.js";
import { samples as allSamples, referenceText } from "../image/samples.js";
import { concat, recordNamed, withLen } from "../image/splice.js";
import { piped, rendered } from "./rendered.js";

/** The lines of a tree by the offset at their left; those without one belong to the line above them. */
function byOffset(lines: readonly string[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  let latest: string[] = [];
  for (const line of lines) {
    const offset = /^0x([0-9a-f]{8,}) /.exec(line);
    if (offset !== null) {
      latest = [];
      found.set(Number.parseInt(offset[1]!, 16), latest);
    }
    latest.push(line);
  }
  return found;
}

const registers = [
  "ax",
  "cx",
  "dx",
  "bx",
  "sp",
  "bp",
  "si",
  "di",
  "ip",
  "cs",
  "ss",
  "ds",
  "es",
  "fs",
  "gs",
  "flags",
];
const textOf = (record: ReferenceRecord) =>
  splitAtNul(decodeText(pythonBytes(record.claims.get("text")!))).text;

describe("the tree names what an independent reader found", () => {
  test.each(allSamples)("in $name", ({ name, bytes }) => {
    const { records } = parseReferenceDump(referenceText(name)!);
    const tree = byOffset(rendered(bytes).lines);
    let above: string[] = [];
    let checked = 0;
    const expectNamed = (
      record: ReferenceRecord,
      lines: readonly string[] | undefined,
      words: readonly string[],
    ) => {
      for (const word of words) {
        checked++;
        expect(lines?.join("\n"), `${word} of: ${record.line}`).toContain(word);
      }
    };
    for (const record of records) {
      const { name, offset, parent, claims } = record;
      if (tree.has(offset)) above = tree.get(offset)!;
      switch (name) {
        case "TASK":
          break;
        case "STRING":
          expectNamed(record, above, [`] ${escapeText(textOf(record))}  `]);
          break;
        case "MM": {
          const task = [...tree].findLast(([at, [line]]) => at < offset && / task\[/.test(line!))![1];
          expectNamed(record, task, [`  pid ${parent}  `]);
          expectNamed(
            record,
            tree.get(offset),
            ["start_code", "end_code", "brk", "start_stack", "env_end"].map(key =>
              claims.get(key)!.padStart(8, "0"),
            ),
          );
          break;
        }
        case "VMA":
          expectNamed(record, tree.get(offset), [
            claims
              .get("range")!
              .split("-")
              .map(part => part.padStart(8, "0"))
              .join("-"),
            `vm_flags 0x${claims.get("flags")!.padStart(8, "0")} `,
          ]);
          break;
        case "FNAME":
          expectNamed(record, above, [` ${escapeText(textOf(record))}`]);
          break;
        case "FD_ENT":
          expectNamed(record, tree.get(offset), [
            ` fd ${claims.get("fd")} `,
            `objref ${claims.get("objref")}`,
          ]);
          break;
        case "CPU":
          for (const register of registers) {
            const line = tree.get(offset)?.find(line => line.trim().startsWith(`${register} `));
            expectNamed(record, line === undefined ? undefined : [line], [
              ` 0x${claims.get(register)} `.trimEnd(),
            ]);
          }
          break;
      }
    }
    expect(checked).toBeGreaterThan(0);
    if (!name.startsWith("v5")) expect(checked).toBeGreaterThan(30);
  });
});

describe("registers and FPU state", () => {
  const tree = (name: string) => rendered(allSamples.find(sample => sample.name === name)!.bytes).text;

  test("what the process put on the FPU's stack: 1e+100, pi, -2.25 and 1.5", () => {
    for (const name of ["v8-fpu", "v9-fpu", "v13-fpu", "v13-xsave-fpu"]) {
      const values = [...tree(name).matchAll(/^ +st([0-7]) +0x[0-9a-f]{20} {2}(\S+)$/gm)];
      expect(values.map(([, number]) => Number(number))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(values.map(([, , value]) => value)).toEqual([
        "1e+100",
        String(Math.PI),
        "-2.25",
        "1.5",
        ...Array(4).fill("empty"),
      ]);
    }
  });

  test("v6 wrote a kernel pointer in place of the FPU state, and the tree says so", () => {
    expect(tree("v6-fpu")).toContain("a kernel pointer and leftovers, no FPU state");
    expect(tree("v6-fpu")).not.toContain("st0");
  });

  test("segments of TLS and LDT, by selector, base, limit and kind", () => {
    expect(tree("v6-ldt")).toMatch(
      /ldt\[3\] selector 0x1f {2}base 0x0804c9c0 limit 0xff bytes {2}data RW dpl 3 32-bit/,
    );
    expect(tree("v6-ldt")).toMatch(/ldt\[0\] selector 0x7 {2}base 0x11223344 limit 0xabcde pages/);
    expect(tree("v6-ldt")).toContain("510 of 512 entries are empty");
    expect(tree("v8-tls1")).toMatch(/tls\[0\] selector 0x33 {2}base 0x[0-9a-f]{8} limit 0xfffff pages/);
    expect(tree("v8-tls1")).toMatch(/gs +0x33 +TLS\[0\]/);
  });
});

describe("bytes the kernel never set", () => {
  const image = allSamples.find(({ name }) => name === "v9-fpu")!.bytes;

  test("are marked in the tree, and only shown if they are not 0", () => {
    const { text } = rendered(image);
    expect(text).toMatch(/^ +r15 0x100180003 \(stale, left over from THREAD\)$/m);
    expect(text).toMatch(/^ +r11 0x[0-9a-f]+ \(stale, left over from MM\.brk\)$/m);
    expect(text).toMatch(/_padding 0x7 \(stale\)/);
    expect(text).toMatch(/ _pad 0x[0-9a-f]+ \(padding\)/);
    expect(text).not.toMatch(/ 0x0 \((stale|padding)/);
  });

  test("are marked in the view of single fields, zero or not", () => {
    const { lines } = rendered(image, { only: ["CPU", "VMA", "TREE"] });
    const stale = lines.filter(line => /\((stale|padding)/.test(line)).map(line => line.trim().split(" ")[0]);
    expect(new Set(stale)).toEqual(
      new Set(["r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8", "_padding", "_pad"]),
    );
  });

  test("used_math 0 makes the FPU fields of an older CPU record stale", () => {
    const { text } = rendered(allSamples.find(({ name }) => name === "v6-tiny")!.bytes);
    expect(text).toMatch(/has_fxsr 0x[0-9a-f]+ \(stale, used_math is 0\)/);
    expect(text).toContain("xstate 512 bytes (stale, used_math is 0)");
  });
});

describe("of a pipe", () => {
  test.each(allSamples)("the tree of $name is the same, and the summaries stand after it", ({ bytes }) => {
    const blocks = rendered(bytes).text.trimEnd().split("\n\n");
    const isSummary = (block: string) => block.startsWith("input: ");
    const trees = blocks.filter(block => !isSummary(block));
    const summaries = blocks.filter(isSummary);
    expect(summaries.length).toBeGreaterThan(0);
    expect(rendered(piped(bytes)).text).toBe(`${[trees.join("\n"), ...summaries].join("\n\n")}\n`);
  });
});

describe("depth", () => {
  const image = allSamples.find(({ name }) => name === "v9-tree")!.bytes;
  const at = (depth: number) => rendered(image, { depth }).lines;

  test("each level holds the lines of the level above it, in order, and more", () => {
    for (const depth of [1, 2, 3]) {
      const deeper = at(depth + 1);
      let from = 0;
      for (const line of at(depth)) {
        const found = deeper.indexOf(line, from);
        expect(found, `${line} at depth ${depth + 1}`).toBeGreaterThanOrEqual(from);
        from = found + 1;
      }
      expect(deeper.length).toBeGreaterThan(at(depth).length);
    }
  });

  test("4 is the default, and the last", () => {
    expect(at(4)).toEqual(rendered(image).lines);
    expect(at(5)).toEqual(at(4));
  });

  test("without pages only the addresses are missing", () => {
    const kept = rendered(image, { pages: false }).lines;
    const left = rendered(image).lines.filter(line => !/^ +pages [0-9a-f]/.test(line));
    expect(kept).toEqual(left);
  });
});

test("a field that the bytes end before is not shown, not even as undefined", () => {
  const { bytes } = allSamples.find(({ name }) => name === "v6-tiny")!;
  const chunk = recordNamed(bytes, "PGARR");
  const alone = withLen(bytes, chunk, 0).subarray(chunk.offset, chunk.offset + 8);
  const { text } = rendered(concat(bytes.subarray(0, recordNamed(bytes, "TASK").offset), alone));
  expect(text).toMatch(/^0x000000e8 +pgarr *$/m);
});

test("a kernel version that the bytes end within is shown as far as it is there", () => {
  const { bytes } = allSamples.find(({ name }) => name === "v6-tiny")!;
  const task = bytes.subarray(recordNamed(bytes, "TASK").offset);
  const cut = concat(withLen(bytes, recordNamed(bytes, "HEAD"), 12).subarray(0, 20), task);
  expect(rendered(cut, { dialect: cr2 }).text).toMatch(/^ +kernel +2\.6\.\?$/m);
  const [summary] = summarize(bytesSource(cut), { dialect: cr2 });
  expect(summaryTable([{ label: "cut", summary: summary! }], plain).join("\n")).toContain(" 2.6.? ");
});

describe("a task of several", () => {
  const image = allSamples.find(({ name }) => name === "v9-tree")!.bytes;

  test("by its pid: its records, and no other's", () => {
    const paths = rendered(image, { task: 164, view: "jsonl" }).lines.map(
      line => JSON.parse(line).path as string,
    );
    expect(paths[0]).toBe("task[2]");
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.every(path => path.startsWith("task[2]"))).toBe(true);
  });

  test("a pid that is not there: a usage error that says which are", () => {
    expect(() => rendered(image, { task: 1 })).toThrow(
      "no task with pid 1; the image holds 162, 163, 164, 165, 166",
    );
  });
});
