import type { Random } from "../random.js";
import { INPUT_MOST } from "../target.js";

/** What stands in a line where something else should. */
const oddValues: readonly unknown[] = [
  ...[
    null,
    true,
    "",
    "0x",
    "0xg",
    "-1",
    "1e3",
    "abc",
    "ABCD",
    "0",
    "18446744073709551616",
    "0x1ffffffffffffffff",
  ],
  ...[0, -1, 1.5, 1e15, 1e300, -0, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, 0x7fff, 0x8000, 65_536],
  ...[
    "x".repeat(40_000),
    "ff".repeat(20_000),
    "\ud800",
    "\udcff",
    "\0\0",
    "\x1b[31m",
    "AAAA=",
    "A",
    "====",
    "é",
  ],
  ...[[], {}, [[]], [{}], [1, "2", null], { length: 4 }, { toString: 1 }, [0, -1, 2 ** 32, 1.5]],
];
const oddNames = [
  "__proto__",
  "constructor",
  "toString",
  "",
  "kind",
  "fields",
  "base64",
  "short",
  "cut",
  "bytes",
];
/** Instead of a line, or between lines. */
const oddLines = [
  ...["", " ", "\r", "{}", "[]", "null", "0", '"', "{", '{"kind":', '{"kind":"head"}', '{"kind":"tail"}'],
  ...['{"kind":"image","dialect":"cr-9"}', '{"kind":"gap","bytes":"0"}', '{"kind":"gap","bytes":"zz"}'],
  ...['{"kind":"record","name":"VMA"}', '{"kind":"raw","name":"pages","length":9007199254740991}'],
  ...['{"kind":"raw","name":"pages","length":1e308}', '{"__proto__":{"kind":"gap"},"kind":"gap","bytes":""}'],
  ...['{"kind":"gap","kind":"gap","bytes":""}', '{"kind":"unknown","type":7,"len":99,"parent":0,"bytes":""}'],
  ...["[".repeat(20_000), '{"a":'.repeat(5000), `"${"\\u0000".repeat(3000)}"`, "\ufeff{}", "1".repeat(5000)],
];

/** A line stands there again and again until the file is as large as it may be, what was wrong with it before included. */
export function floodedLines(lines: readonly string[], random: Random): string {
  const at = random.below(lines.length);
  const line = random.once(6) ? random.pick(oddLines) : lines[at]!;
  const times = Math.floor(INPUT_MOST / Math.max(8, line.length + 1) / random.pick([1, 1, 2, 8]));
  const repeated = Array.from({ length: times }, () => line);
  return [...lines.slice(0, at), ...repeated, ...lines.slice(at), ""].join("\n");
}

type Edit = (lines: string[], random: Random) => void;

const edits: readonly Edit[] = [
  (lines, random) => void lines.splice(random.below(lines.length), 1),
  (lines, random) => void lines.splice(random.below(lines.length), 0, random.pick(lines)),
  (lines, random) => void lines.splice(random.below(lines.length), 0, random.pick(oddLines)),
  (lines, random) => void lines.splice(random.below(lines.length), 1, random.pick(oddLines)),
  (lines, random) => void lines.splice(random.below(lines.length), random.below(20)),
  swapLines,
  cutLine,
  ...[spoilSyntax, spoilSyntax],
  addOptional,
  ...[editMember, editMember, editMember, editMember],
  repeatMember,
];

/** JSON Lines with several things wrong: lines dropped, doubled, swapped, cut; members missing, odd or new. */
export function editedLines(lines: readonly string[], random: Random): string {
  const edited = [...lines];
  for (let i = random.pick([1, 1, 1, 2, 3, 6]); i > 0 && edited.length > 0; i--)
    random.pick(edits)(edited, random);
  return edited.join(random.once(8) ? "\r\n" : "\n") + (random.once(8) ? "" : "\n");
}

function swapLines(lines: string[], random: Random): void {
  const [a, b] = [random.below(lines.length), random.below(lines.length)];
  [lines[a], lines[b]] = [lines[b]!, lines[a]!];
}

function cutLine(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  lines[at] = lines[at]!.slice(0, random.below(lines[at]!.length + 1));
}

/** A member of a line, or of what is within it, is changed, left out or added. */
function editMember(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  const line = parsed(lines[at]!);
  if (line === undefined) return;
  const owner = random.pick(objectsIn(line));
  const names = Object.keys(owner);
  const name = names.length === 0 || random.once(6) ? random.pick(oddNames) : random.pick(names);
  if (random.once(5)) delete owner[name];
  else if (random.once(4)) owner[name] = digitsChanged(owner[name], random);
  else owner[name] = random.pick(oddValues);
  lines[at] = JSON.stringify(line);
}

/** A character that means something in JSON, where there was another or none. */
function spoilSyntax(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  const line = lines[at]!;
  const from = random.below(line.length + 1);
  const signs = [
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "\\u12",
    "1",
    "-",
    ".5",
    "e",
    "null",
    " ",
    "\t",
    "\0",
  ];
  lines[at] = line.slice(0, from) + random.pick(signs) + line.slice(from + random.below(3));
}

/** A member that a line of its kind may have, with a value that may be right. */
function addOptional(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  const line = parsed(lines[at]!);
  if (line === undefined) return;
  const hex = random.pick(["", "00", "ff".repeat(7), "00ff".repeat(100), "ff".repeat(33_000)]);
  const [name, value] = random.pick<readonly [string, unknown]>([
    ["excess", hex],
    ["short", hex],
    ["cut", hex],
    ["bytes", hex],
    ["len", random.pick([0, 1, 8, 16, 0x7fff, -1])],
    ["length", random.pick([0, 1, 4096, 2 ** 31, 2 ** 53])],
  ]);
  line[name] = value;
  lines[at] = JSON.stringify(line);
}

/** The same name twice, which JSON.parse would let pass. */
function repeatMember(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  const line = lines[at]!;
  const member = /"[a-z_]+":("[^"]*"|-?\d+)/.exec(line)?.[0];
  if (member !== undefined) lines[at] = line.replace(member, () => `${member},${member}`);
}

/** A number, or a text, that is nearly what it was. */
function digitsChanged(value: unknown, random: Random): unknown {
  if (typeof value === "number") return value + random.pick([1, -1, 4096, 2 ** 31]);
  if (typeof value !== "string" || value === "") return value;
  const at = random.below(value.length);
  return value.slice(0, at) + random.pick(["0", "f", "F", "g", "", "00", "="]) + value.slice(at + 1);
}

type JsonObject = Record<string, unknown>;

function parsed(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The object and the first ones within it. */
function objectsIn(value: JsonObject): JsonObject[] {
  const within = Object.values(value).filter(member => typeof member === "object" && member !== null);
  return [value, ...within.slice(0, 5).flatMap(member => objectsIn(member as JsonObject))];
}
