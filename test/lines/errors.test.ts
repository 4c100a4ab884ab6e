import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CrimgError } from "../../src/errors.js";
import type { EncodeOptions } from "../../src/lines/encode.js";
import { mutated, mutation } from "../image/mutation.js";
import { sample, samples } from "../image/samples.js";
import { shareOf } from "../share.js";
import { decoded, type EditedLine, edited, encoded, indexOfLine } from "./there-and-back.js";

const { lines } = decoded(sample("v6-ldt").bytes);
const lineOf = (name: string, nth = 0) => indexOfLine(lines, name, nth) + 1;
const vma = lineOf("VMA");

/** With one line replaced by what `change` makes of its text. */
function rewritten(number: number, change: (text: string) => string): string[] {
  return lines.with(number - 1, change(lines[number - 1]!));
}

/** With one field of the first VMA set. */
function vmaWith(field: string, value: unknown): string[] {
  return edited(lines, "VMA", 0, ({ fields }) => {
    fields[field] = value;
  });
}

async function messageOf(file: readonly string[], options: EncodeOptions = {}): Promise<string> {
  try {
    await encoded(file, options);
  } catch (error) {
    if (error instanceof CrimgError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

describe("no line is taken for what it is not. Of the file as a whole:", () => {
  it.each<[string, readonly string[], string]>([
    ["no line", [], "malformed: there are no lines: the first one is the head line"],
    ["blank lines", ["", " \t\r"], "malformed: there are no lines: the first one is the head line"],
    [
      "no head line",
      lines.slice(1),
      'malformed: expected the head line ("kind":"head"), found "image" (line 1 /kind)',
    ],
    [
      "two head lines",
      [lines[0]!, "", ...lines],
      "malformed: a second head line: only the first line of a file is one (line 3 /kind)",
    ],
    [
      "a later version",
      rewritten(1, text => text.replace('"version":1', '"version":2')),
      "malformed: version 2 is not known, only version 1 (line 1 /version)",
    ],
    [
      "another format",
      rewritten(1, text => text.replace("crimg image lines", "crimg")),
      'malformed: expected "crimg image lines", found "crimg" (line 1 /format)',
    ],
    [
      "no image line",
      lines.toSpliced(1, 1),
      'malformed: a record line before the first image line ("kind":"image"), which tells its dialect (line 2 /kind)',
    ],
    [
      "a dialect that is not known",
      rewritten(2, text => text.replace("cr-2", "cr-9")),
      'malformed: expected one of "cr-1", "cr-2", "cr-3a", "cr-3b", found "cr-9" (line 2 /dialect)',
    ],
  ])("%s", async (_, file, message) => {
    expect(await messageOf(file)).toBe(message);
  });
});

describe("Of JSON:", () => {
  it.each<[string, (text: string) => string, string]>([
    ["no colon", text => text.replace('"kind":', '"kind" '), 'expected a colon, found " (line 7 column 9)'],
    ["half a line", text => text.slice(0, 20), "the string has no end (line 7 column 21)"],
    ["a comma too many", text => text.replace(/}}$/, "},}"), "expected a name, found } (line 7 column "],
    ["a list", () => "[1]", "a line is an object, found a list (line 7)"],
    ["null", () => "null", "a line is an object, found null (line 7)"],
    [
      "a field that is there twice",
      text => text.replace('"vm_start":', '"vm_start":"0x0", "vm_start" :'),
      '"vm_start" is there twice (line 7 column ',
    ],
    [
      "a member that is there twice",
      text => text.replace('{"kind"', '{"name":"FNAME","kind"'),
      '"name" is there twice (line 7 column ',
    ],
  ])("%s", async (_, change, message) => {
    expect(vma).toBe(7);
    expect(await messageOf(rewritten(vma, change))).toContain(`malformed: ${message}`);
  });

  it("names and colons inside of text are neither", async () => {
    const file = edited(lines, "FNAME", 0, ({ fields }) => {
      fields["fname"] = '/a":"b":"\\":';
    });
    expect(await messageOf(file)).toBe("no error");
  });

  it("spaces, returns and a byte order mark do not matter", async () => {
    const spaced = lines.map(
      text => `${JSON.stringify(JSON.parse(text), undefined, 1).replaceAll("\n", " ")}\r`,
    );
    expect(await messageOf([`\ufeff${spaced[0]}`, ...spaced.slice(1)])).toBe("no error");
  });

  it("bytes that are no UTF-8", async () => {
    const file = Buffer.concat([
      Buffer.from(`${lines.slice(0, 6).join("\n")}\n{"kind":"`),
      Buffer.from([0xff]),
      Buffer.from('"}\n'),
    ]);
    await expect(encoded([file])).rejects.toThrow("the line is not UTF-8 (line 7)");
  });

  it("a line beyond all measure, however it comes", async () => {
    const long = [...lines, `{"kind":"gap","bytes":"${"00".repeat(1_200_000)}"}`];
    const message = `malformed: the line is longer than 2097152 bytes, which no line needs (line ${lines.length + 1})`;
    expect(await messageOf(long)).toBe(message);
    function* endless() {
      for (;;) yield "[".repeat(1000);
    }
    await expect(encoded(endless())).rejects.toThrow("is longer than 2097152 bytes");
  });

  it("brackets a million deep", async () => {
    expect(await messageOf([...lines, "[".repeat(1_000_000)])).toContain("found the end");
    const deep = `{"kind":"gap","bytes":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(await messageOf([...lines, deep])).toContain("expected a string, found a list");
  });
});

const known = "vma_type, _padding, vm_start, vm_end, vm_page_prot, vm_flags, vm_pgoff";
const hex = 'expected hex in quotes ("0x1f": small letters, at most 16 digits)';
const decimal = 'expected a decimal number in quotes ("31")';
const u32 = "expected a whole number from 0 to 4294967295";

describe("Of fields:", () => {
  it.each<[string, unknown, string]>([
    ["vm_strat", "0x0", `malformed: there is no "vm_strat" here, only ${known} (line 7 /fields/vm_strat)`],
    ["a/b~c", 0, `malformed: there is no "a/b~c" here, only ${known} (line 7 /fields/a~1b~0c)`],
    ["vm_end", undefined, 'malformed: "vm_end" is missing (line 7 /fields)'],
    ["vma_type", 2 ** 32, `malformed: ${u32}, found 4294967296 (line 7 /fields/vma_type)`],
    ["vma_type", -1, `malformed: ${u32}, found -1 (line 7 /fields/vma_type)`],
    ["vma_type", 1.5, `malformed: ${u32}, found 1.5 (line 7 /fields/vma_type)`],
    ["vma_type", "2", `malformed: ${u32}, found "2" (line 7 /fields/vma_type)`],
    ["vm_start", null, `malformed: ${hex}, found null (line 7 /fields/vm_start)`],
    ["vm_start", "4096", `malformed: ${hex}, found "4096" (line 7 /fields/vm_start)`],
    [
      "vm_start",
      `0x1${"0".repeat(16)}`,
      `malformed: ${hex}, found "0x10000000000000000" (line 7 /fields/vm_start)`,
    ],
    ["vm_pgoff", 3, `malformed: ${decimal}, found 3 (line 7 /fields/vm_pgoff)`],
    ["vm_pgoff", "0x3", `malformed: ${decimal}, found "0x3" (line 7 /fields/vm_pgoff)`],
    [
      "vm_pgoff",
      "18446744073709551616",
      "out-of-range: 18446744073709551616 does not fit in 64 bits (line 7 /fields/vm_pgoff)",
    ],
  ])("%s %j", async (field, value, message) => {
    expect(await messageOf(vmaWith(field, value))).toBe(message);
  });
});

describe("Of lines:", () => {
  const at = (name: string) => `line ${lineOf(name)}`;
  it.each<[string, string, (line: EditedLine) => object, string]>([
    ["a member that is not known", "VMA", () => ({ colour: "red" }), 'there is no "colour" here, only kind'],
    ["no fields", "VMA", () => ({ fields: undefined }), '"fields" is missing (line 7)'],
    [
      "fields that are a list",
      "VMA",
      () => ({ fields: [] }),
      "expected an object, found a list (line 7 /fields)",
    ],
    [
      "a kind that is not known",
      "VMA",
      () => ({ kind: "recrod" }),
      'or "gap", found "recrod" (line 7 /kind)',
    ],
    ["no kind", "VMA", () => ({ kind: undefined }), 'or "gap", found nothing (line 7 /kind)'],
    [
      "a record of another dialect",
      "VMA",
      () => ({ name: "TREE" }),
      'expected a record of cr-2 (see crimg formats), found "TREE" (line 7 /name)',
    ],
    [
      "a name that objects have by birth",
      "VMA",
      () => ({ name: "constructor" }),
      'found "constructor" (line 7 /name)',
    ],
    ["a parent that is no number", "VMA", () => ({ parent: "1" }), `${u32}, found "1" (line 7 /parent)`],
    [
      "a len beyond 16 bits",
      "VMA",
      () => ({ len: 32768 }),
      "from -32768 to 32767, found 32768 (line 7 /len)",
    ],
    [
      "a payload beyond 32767 bytes",
      "FNAME",
      () => ({ len: undefined, fields: { fname: "/".repeat(32767) } }),
      "a payload has at most 32767 bytes, this one has 32768 (line 8 /len)",
    ],
    [
      "text beyond its field",
      "HEAD",
      ({ fields }) => ({ fields: { ...fields, release: "é".repeat(33) } }),
      "the field takes 64 bytes, the text has 66 (line 3 /fields/release)",
    ],
    [
      "a surrogate that stands for no byte",
      "FNAME",
      () => ({ fields: { fname: "\ud800" } }),
      "a lone surrogate \\ud800 stands for no byte (line 8 /fields/fname)",
    ],
    [
      "bytes of another length",
      "CPU",
      ({ fields }) => ({ fields: { ...fields, xstate: "00" } }),
      'expected 1024 hex digits, small letters, found "00"',
    ],
    [
      "excess of half a byte",
      "VMA",
      () => ({ excess: "0" }),
      'expected hex digits, small letters, two a byte, found "0" (line 7 /excess)',
    ],
    [
      "short, but whole",
      "VMA",
      () => ({ short: "" }),
      "no field of VMA is missing, so nothing is short (line 7 /short)",
    ],
    [
      "short, with a hole",
      "VMA",
      ({ fields }) => ({ short: "", fields: { ...fields, vm_end: undefined } }),
      '"vm_end" is missing, and "vm_page_prot" stands behind it: what is short lacks its last fields (line 7 /fields)',
    ],
    [
      "short, by nothing",
      "VMA",
      ({ fields }) => ({ short: "00".repeat(8), fields: { ...fields, vm_pgoff: undefined } }),
      "8 bytes, but vm_pgoff, the next field, has only 8 (line 7 /short)",
    ],
    ["short, without a size", "FNAME", () => ({ short: "" }), 'there is no "short" here, only kind'],
    [
      "a raw block of another dialect",
      "tls",
      () => ({ name: "xstate" }),
      'expected a raw block of cr-2 (addresses, pages, ldt, tls), found "xstate"',
    ],
    [
      "a value that is no number",
      "addresses",
      () => ({ values: [4096, "0x1000"] }),
      `${u32}, found "0x1000" (${at("addresses")} /values/1)`,
    ],
    [
      "a descriptor that is a number",
      "ldt",
      () => ({ values: ["0x0", 0] }),
      `${hex}, found 0 (${at("ldt")} /values/1)`,
    ],
    [
      "a whole element that is cut",
      "tls",
      () => ({ cut: "00".repeat(8) }),
      `8 bytes, but an element has only 8 (${at("tls")} /cut)`,
    ],
    [
      "base64 with a stranger",
      "pages",
      () => ({ base64: "AA*A" }),
      `character 3 of the base64 is "*" (${at("pages")} /base64)`,
    ],
    [
      "base64 of the wrong length",
      "pages",
      () => ({ base64: "AAA" }),
      `base64 comes in groups of 4 characters, 3 are there (${at("pages")} /base64)`,
    ],
    ["pages nowhere", "pages", () => ({ base64: undefined }), `"base64" is missing (${at("pages")})`],
    ["pages here and there", "pages", () => ({ length: 4096 }), 'there is no "length" here, only'],
  ])("%s", async (_, name, change, message) => {
    const file = edited(lines, name, 0, line => void Object.assign(line, change(line)));
    expect(await messageOf(file)).toContain(message);
  });

  it.each([
    ['{"kind":"unknown","bytes":"0g"}', 'character 2 of the hex is "g"'],
    ['{"kind":"gap","bytes":"000"}', "a hex digit is missing: two make a byte"],
    ['{"kind":"gap","bytes":null}', "expected a string, found null"],
    ['{"kind":"unknown","type":40000,"parent":0,"bytes":""}', "from -32768 to 32767, found 40000"],
  ])("%s", async (line, message) => {
    expect(await messageOf([...lines, line])).toContain(message);
    expect(await messageOf([...lines, line])).toContain(`(line ${lines.length + 1} /`);
  });
});

describe("an object that is no text, not even by force, is refused like any other object:", () => {
  const stubborn = { toString: 1, valueOf: 1 };

  it.each<[string, (line: EditedLine) => void, string]>([
    [
      "tls",
      line => void Object.assign(line, { values: [stubborn, "0x0", "0x0"] }),
      `${hex}, found an object`,
    ],
    ["THREAD", line => void Object.assign(line, { name: stubborn }), "found an object"],
    ["TASK", line => void Object.assign(line, { kind: stubborn }), "found an object"],
    ["CPU", ({ fields }) => void Object.assign(fields, { xstate: stubborn }), "found an object"],
  ])("in a line of %s", async (name, change, message) => {
    const file = edited(lines, name, 0, change);
    expect(await messageOf(file)).toContain(message);
    expect(await messageOf(file, { fixCounts: true })).toContain(message);
  });
});

describe("whatever the lines are, they are encoded or refused with an error of ours:", () => {
  const seed = Number(process.env["CRIMG_SEED"] ?? 20081204);

  it(`one value of any line replaced by another (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(lines.length - 1),
        fc.nat(30),
        fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 2 ** 31, "", "0x0", null, [], {}, "\ud800")),
        fc.boolean(),
        async (line, place, value, fixCounts) => {
          const file = lines.with(line, JSON.stringify(replaced(JSON.parse(lines[line]!), place, value)));
          await encoded(file, { fixCounts }).catch(error => expect(error).toBeInstanceOf(CrimgError));
        },
      ),
      { seed, numRuns: shareOf(500, 10) },
    );
  });

  it(`bytes of the file changed (seed ${seed})`, async () => {
    const file = Buffer.from(lines.join("\n"));
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), fc.boolean(), async (at, byte, fixCounts) => {
        const copy = Buffer.from(file);
        copy[at] = byte;
        await encoded([copy] as never, { fixCounts }).catch(error =>
          expect(error).toBeInstanceOf(CrimgError),
        );
      }),
      { seed, numRuns: shareOf(500, 10) },
    );
  });

  it(`counts fixed in damaged images (seed ${seed})`, async () => {
    const start = fc.constantFrom(...samples.filter(({ bytes }) => bytes.length < 50_000));
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        async ({ bytes }, changes) => {
          try {
            await encoded(decoded(changes.reduce(mutated, bytes)).lines, { fixCounts: true });
          } catch (error) {
            expect(error).toBeInstanceOf(CrimgError);
          }
        },
      ),
      { seed, numRuns: shareOf(300, 6) },
    );
  });

  /** With the nth value in it, in any depth, replaced. */
  function replaced(line: EditedLine, nth: number, value: unknown): unknown {
    let left = nth;
    const walk = (found: unknown): unknown => {
      if (left-- === 0) return value;
      if (Array.isArray(found)) return found.map(walk);
      if (typeof found !== "object" || found === null) return found;
      return Object.fromEntries(Object.entries(found).map(([name, member]) => [name, walk(member)]));
    };
    return walk(line);
  }
});
