import { elements, type RawItem, type RecordItem } from "../../src/stream/item.js";
import { pythonBytes, pythonStrings, pythonTuples, type ReferenceRecord } from "./reference-dump.js";

/** What a claim says, and what the walk says about the same. */
export interface Held {
  readonly claim: string;
  readonly expected: unknown;
  readonly found: unknown;
}

interface Subject {
  readonly item: RecordItem;
  readonly raw: (name: string) => readonly RawItem[];
  readonly record: ReferenceRecord;
}
type Reading = (value: string, subject: Subject) => Pick<Held, "expected" | "found">;

/** A number in a field, in the base the dump writes it in. */
const number =
  (base: 8 | 10 | 16, field: string): Reading =>
  (value, { item }) => {
    const prefix = { 8: "0o", 10: "", 16: "0x" }[base];
    return { expected: BigInt(prefix + value), found: asBigint(fieldOf(item, field)) };
  };
const dec = (field: string) => number(10, field);
const hex = (field: string) => number(16, field);
const oct = (field: string) => number(8, field);

/** A padding field, as its bytes stand in the file. */
const padBytes =
  (field: string): Reading =>
  (value, { item }) => {
    const number = Number(fieldOf(item, field));
    const size = item.table.layout.find(({ name }) => name === field)!.size;
    const bytes = Array.from({ length: size }, (_, i) => (number >>> (8 * i)) & 0xff);
    return { expected: value, found: Buffer.from(bytes).toString("hex") };
  };

/** Text in a field of fixed size: the NULs at its end are not part of it. */
const words =
  (field: string): Reading =>
  (value, { item }) => ({
    expected: Buffer.from(pythonBytes(value)).toString("latin1"),
    found: fieldOf(item, field),
  });

/** Text that is a whole payload, NULs and all. */
const payload =
  (field: string): Reading =>
  (value, { item }) => ({
    expected: Buffer.from(pythonBytes(value)).toString("hex"),
    found: Buffer.from(String(fieldOf(item, field)), "utf8").toString("hex"),
  });

/** The first bytes of a raw block; no word or `-` for a block that is not there. */
const rawPrefix =
  (name: string): Reading =>
  (value, { raw }) => {
    const bytes = Buffer.concat(raw(name).map(part => part.bytes)).toString("hex");
    if (value === "" || value === "-") return { expected: "", found: bytes };
    return { expected: value, found: bytes.slice(0, value.length) };
  };

const registers = (...names: string[]) => Object.fromEntries(names.map(name => [name, hex(name)]));
const debugRegisters = Object.fromEntries(
  Array.from({ length: 8 }, (_, i) => [`dr${i}`, hex(`debugreg${i}`)]),
);

/** What each word of a line means, by record. A word that is not here fails its test. */
const readings: Readonly<Record<string, Readonly<Record<string, Reading>>>> = {
  HEAD: {
    magic: hex("magic"),
    version: (value, { item }) => ({
      expected: value,
      found: ["major", "minor", "patch"].map(part => fieldOf(item, part)).join("."),
    }),
    rev: dec("rev"),
    time: dec("time"),
    flags: hex("flags"),
    rel: words("release"),
    ver: words("version"),
    mach: words("machine"),
  },
  HEAD_ARCH: {
    has_fxsr: dec("has_fxsr"),
    has_xsave: dec("has_xsave"),
    xstate_size: dec("xstate_size"),
    pad: hex("_pading"),
  },
  TREE: {
    tasks_nr: dec("tasks_nr"),
    pad: padBytes("_pad"),
    pids: (value, { raw }) => ({
      expected: pythonTuples(value),
      found: raw("pids")
        .flatMap(part => elements<Record<string, number>>(part))
        .map(ids => [ids["vpid"], ids["vtgid"], ids["vppid"], ids["_pad"]]),
    }),
  },
  TASK: {
    state: dec("state"),
    exit_state: dec("exit_state"),
    exit_code: dec("exit_code"),
    exit_signal: dec("exit_signal"),
    comm_len: dec("task_comm_len"),
    pad: padBytes("_pad"),
  },
  STRING: { text: payload("str") },
  FNAME: { text: payload("fname") },
  MM: {
    objref: dec("objref"),
    map_count: dec("map_count"),
    ...registers("start_code", "end_code", "start_data", "end_data", "start_brk", "brk", "start_stack"),
    ...registers("arg_start", "arg_end", "env_start", "env_end"),
  },
  VMA: {
    type: dec("vma_type"),
    pad: hex("_padding"),
    range: (value, { item }) => ({
      expected: value,
      found: ["vm_start", "vm_end"].map(end => (fieldOf(item, end) as bigint).toString(16)).join("-"),
    }),
    prot: hex("vm_page_prot"),
    flags: hex("vm_flags"),
    pgoff: hex("vm_pgoff"),
  },
  PGARR: {
    nr_pages: dec("nr_pages"),
    "true count": (value, { item }) => ({ expected: Number(value), found: item.counts[0] ?? 0 }),
    vaddrs: addresses,
  },
  MM_CONTEXT: {
    ldt_entry_size: dec("ldt_entry_size"),
    nldt: dec("nldt"),
    pad: padBytes("_pad"),
    ldt: rawPrefix("ldt"),
  },
  FILES: { objref: dec("objref"), nfds: dec("nfds") },
  FD_ENT: { objref: dec("objref"), fd: dec("fd"), coe: dec("close_on_exec"), pad: padBytes("_pad") },
  FD_DATA: {
    type: dec("fd_type"),
    mode: oct("f_mode"),
    flags: oct("f_flags"),
    pos: hex("f_pos"),
    version: hex("f_version"),
  },
  THREAD: {
    gdt_entries: dec("gdt_entry_tls_entries"),
    sizeof_tls: dec("sizeof_tls_array"),
    ntls: dec("ntls"),
    pad: padBytes("_pad"),
    tls: rawPrefix("tls"),
  },
  CPU: {
    ...registers(
      "r15",
      "r14",
      "r13",
      "r12",
      "bp",
      "bx",
      "r11",
      "r10",
      "r9",
      "r8",
      "ax",
      "cx",
      "dx",
      "si",
      "di",
    ),
    ...registers("orig_ax", "ip", "cs", "flags", "sp", "ss", "ds", "es", "fs", "gs"),
    ...debugRegisters,
    uses_debug: dec("uses_debug"),
    used_math: dec("used_math"),
    has_fxsr: dec("has_fxsr"),
    pad: padBytes("_padding"),
    "xstate[512]": (value, { item }) => {
      const state = fieldOf(item, "xstate") as Uint8Array;
      return {
        expected: { size: 512, first: value },
        found: { size: state.length, first: Buffer.from(state).toString("hex").slice(0, value.length) },
      };
    },
    xstate: rawPrefix("xstate"),
  },
  TAIL: { magic: hex("magic") },
};

/** Holds a line against the record at its offset and the raw blocks behind it, word by word. */
export function holdAgainst(record: ReferenceRecord, item: RecordItem, behind: readonly RawItem[]): Held[] {
  const subject: Subject = { item, record, raw: name => behind.filter(block => block.name === name) };
  const held: Held[] = [
    { claim: "name", expected: record.name, found: item.name },
    { claim: "len", expected: record.len, found: item.header.len },
    { claim: "parent", expected: record.parent, found: item.header["parent"] },
  ];
  for (const [claim, value] of record.claims) {
    const reading = readings[record.name]?.[claim];
    if (reading === undefined) throw new Error(`nobody knows what '${claim}' means in: ${record.line}`);
    held.push({ claim, ...reading(value, subject) });
  }
  return held;
}

/** Every address, or where the list is cut short (`'...'`, or 4 of a chunk with a true count) those it has. */
function addresses(value: string, { item, raw, record }: Subject): Pick<Held, "expected" | "found"> {
  const expected = pythonStrings(value);
  const all = raw("addresses")
    .flatMap(part => elements<{ address: number }>(part))
    .map(({ address }) => address.toString(16));
  const pages = raw("pages").reduce((sum, part) => sum + part.count, 0);
  const counts = [item.counts[0] ?? 0, all.length, pages];
  const dots = expected.indexOf("...");
  let shown = all;
  if (dots >= 0)
    shown = [...all.slice(0, dots), "...", ...all.slice(all.length - (expected.length - dots - 1))];
  else if (record.claims.has("true count")) shown = all.slice(0, 4);
  const count = Number(record.claims.get("true count") ?? record.claims.get("nr_pages"));
  return {
    expected: { counts: [count, count, count], addresses: expected },
    found: { counts, addresses: shown },
  };
}

function fieldOf(item: RecordItem, name: string): unknown {
  const fields = item.fields as unknown as Record<string, unknown>;
  if (!(name in fields))
    throw new Error(`${item.name} has no field ${name} (at 0x${item.offset.toString(16)})`);
  return fields[name];
}

function asBigint(value: unknown): unknown {
  return typeof value === "number" ? BigInt(value) : value;
}
