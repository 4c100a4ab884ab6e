/**
 * The record-by-record dumps in test/fixtures/records: what an independent reader, in another language, made of each
 * sample. One line a record, e.g.
 * `0002e0 PGARR      len 8 parent 0 nr_pages 1 vaddrs ['804c000']`
 */

/** One line. */
export interface ReferenceRecord {
  readonly line: string;
  readonly offset: number;
  readonly name: string;
  readonly len: number;
  readonly parent: number;
  /** What else the line says, by the dump's own words, as it is written. */
  readonly claims: ReadonlyMap<string, string>;
}

export interface ReferenceDump {
  readonly records: readonly ReferenceRecord[];
  /** Lines that were left out in the middle of a long dump. */
  readonly elided: number;
  /** Where the reader stopped, and the size of the file. */
  readonly end: number;
  readonly size: number;
}

/** Reads a dump; throws at anything it does not know. */
export function parseReferenceDump(text: string): ReferenceDump {
  const records: ReferenceRecord[] = [];
  let elided = 0;
  let end: { end: number; size: number } | undefined;
  for (const line of text.split("\n")) {
    const left = /^\.\.\. \((\d+) lines\)$/.exec(line);
    const last = /^end at ([0-9a-f]+) of ([0-9a-f]+)$/.exec(line);
    if (line === "" || line.startsWith("=") || line.startsWith("#")) continue;
    if (left) elided += Number(left[1]);
    else if (last) end = { end: Number.parseInt(last[1]!, 16), size: Number.parseInt(last[2]!, 16) };
    else records.push(parseLine(line));
  }
  if (end === undefined) throw new Error("the dump has no 'end at' line");
  return { records, elided, ...end };
}

function parseLine(line: string): ReferenceRecord {
  const found = /^([0-9a-f]+) ([A-Z_]+) +len (-?\d+) parent (\d+)(.*)$/.exec(line);
  if (found === null) throw new Error(`not a line of a reference dump: ${line}`);
  const [, offset, name, len, parent, rest] = found as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    line,
    offset: Number.parseInt(offset, 16),
    name,
    len: Number(len),
    parent: Number(parent),
    claims: parseClaims(rest, line),
  };
}

/** The forms in which a line says something, tried in this order; each gives its key and value. */
const forms: readonly { readonly form: RegExp; readonly key?: string }[] = [
  { form: /^ (b'(?:[^'\\]|\\.)*')/y, key: "text" },
  { form: /^ (rel|ver|mach) (b'(?:[^'\\]|\\.)*')/y },
  { form: /^ (vaddrs|pids) (\[[^\]]*\])/y },
  { form: /^ (true count) (\d+)/y },
  { form: /^ (xstate\[512\]|xstate) ([0-9a-f]+)/y },
  { form: /^ (tls) ([0-9a-f]+|-)/y },
  { form: /^ (ldt) ([0-9a-f]*)/y },
  { form: /^ (\d+\.\d+\.\d+)(?= |$)/y, key: "version" },
  { form: /^ ([0-9a-f]+-[0-9a-f]+)(?= |$)/y, key: "range" },
  { form: /^ (\w+)=([0-9a-f]+)/y },
  { form: /^ (\w+) ([0-9a-f]+)(?= |$)/y },
];

function parseClaims(text: string, line: string): Map<string, string> {
  const claims = new Map<string, string>();
  let rest = text.trimEnd();
  // `ldt ` with nothing behind it lost its blank.
  if (rest.endsWith(" ldt")) rest += " ";
  while (rest !== "") {
    const claim = nextClaim(rest);
    if (claim === undefined) throw new Error(`cannot read '${rest}' of: ${line}`);
    const [length, key, value] = claim;
    // FD_DATA says "version" of f_version, HEAD says its kernel version without a word.
    if (claims.has(key)) throw new Error(`'${key}' twice in: ${line}`);
    claims.set(key, value);
    rest = rest.slice(length);
  }
  return claims;
}

function nextClaim(rest: string): [length: number, key: string, value: string] | undefined {
  for (const { form, key } of forms) {
    form.lastIndex = 0;
    const found = form.exec(rest);
    if (found !== null) return [found[0].length, key ?? found[1]!, found.at(-1)!];
  }
  return undefined;
}

/** The bytes of a Python bytes literal, `b'ckpt\x00'`. */
export function pythonBytes(literal: string): Uint8Array {
  const inside = /^b'(.*)'$/s.exec(literal)?.[1];
  if (inside === undefined) throw new Error(`not a bytes literal: ${literal}`);
  const escapes: Record<string, number> = { n: 10, r: 13, t: 9, "\\": 92, "'": 39 };
  const bytes: number[] = [];
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] !== "\\") bytes.push(inside.charCodeAt(i));
    else if (inside[++i] === "x") {
      bytes.push(Number.parseInt(inside.slice(i + 1, i + 3), 16));
      i += 2;
    } else {
      const byte = escapes[inside[i]!];
      if (byte === undefined) throw new Error(`unknown escape \\${inside[i]} in ${literal}`);
      bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}

/** The words of a Python list of strings. */
export function pythonStrings(list: string): string[] {
  return [...list.matchAll(/'([^']*)'/g)].map(([, word]) => word!);
}

/** A Python list of tuples of numbers. */
export function pythonTuples(list: string): number[][] {
  return [...list.matchAll(/\(([^)]*)\)/g)].map(([, tuple]) => tuple!.split(",").map(Number));
}
