import type { Table } from "../codec/table.js";
import { encodeText } from "../codec/text.js";
import { CrimgError } from "../errors.js";
import { string } from "../formats/cr/records.js";
import type { Line } from "./line.js";
import { isBlank, parseLine } from "./parse-line.js";
import { filledLength } from "./payload.js";
import { type LineChunks, textLines } from "./text-lines.js";
import { type FieldValues, inLine } from "./values.js";

/** A field that says how much follows, and how much a later line adds to it. */
interface CountRule {
  readonly field: string;
  adds(line: Line, before: number): number;
}

/** By record. A count ends where the next one of the same record begins; at a TASK all end but that of the tasks. */
const rules: Readonly<Record<string, CountRule>> = {
  TREE: { field: "tasks_nr", adds: ofRecord("TASK") },
  TASK: { field: "task_comm_len", adds: (line, before) => (before > 0 ? 0 : commLength(line)) },
  MM: { field: "map_count", adds: ofRecord("VMA") },
  PGARR: { field: "nr_pages", adds: ofBlock("addresses") },
  MM_CONTEXT: { field: "nldt", adds: ofBlock("ldt") },
  FILES: { field: "nfds", adds: ofRecord("FD_ENT") },
  // Entries in use, not entries: the array is there as a whole.
  THREAD: {
    field: "ntls",
    adds: ofBlock("tls", value => typeof value === "string" && !/^0x0+$/.test(value)),
  },
};

function ofRecord(name: string): CountRule["adds"] {
  return line => (isRecord(line, name) ? 1 : 0);
}

function ofBlock(name: string, counts?: (value: unknown) => boolean): CountRule["adds"] {
  return line => {
    const { values } = line;
    if (line["kind"] !== "raw" || line["name"] !== name || !Array.isArray(values)) return 0;
    return counts === undefined ? values.length : values.filter(counts).length;
  };
}

function commLength(line: Line): number {
  const str = isRecord(line, "STRING") ? (line["fields"] as Line | undefined)?.["str"] : undefined;
  return typeof str === "string" ? filledLength(string.fields.str, encodeText(str)) : 0;
}

function isRecord(line: Line, name: string): boolean {
  return line["kind"] === "record" && line["name"] === name;
}

/** What the counts of all records are, in the order of the records. Takes 4 bytes each. */
export class Counts {
  private readonly blocks: Uint32Array[] = [];
  private length = 0;
  private taken = 0;

  /** Adds a count of 0, and gives its index. */
  begin(): number {
    if (this.length % BLOCK === 0) this.blocks.push(new Uint32Array(BLOCK));
    return this.length++;
  }

  at(index: number): number {
    return this.blocks[Math.floor(index / BLOCK)]![index % BLOCK]!;
  }

  set(index: number, count: number): void {
    this.blocks[Math.floor(index / BLOCK)]![index % BLOCK] = count;
  }

  /**
   * Puts the next count, which is that of the record of this name, among the record's values; of a short record only
   * if the field is there. False if the record is to be left out.
   */
  fix(name: string, fields: Line, values: FieldValues, table: Table): boolean {
    const rule = rules[name];
    if (rule === undefined) return true;
    if (this.taken === this.length) {
      throw new CrimgError(
        "usage",
        "the lines are not the same when they are read again, so no count is right",
      );
    }
    const count = this.at(this.taken++);
    if (count === LEFT_OUT) return false;
    const { field } = rule;
    if (field in fields) values[field] = table.fields[field]!.kind === "u64" ? BigInt(count) : count;
    return true;
  }
}

/** As decode writes lines that have a name. */
const START = /^\{"kind":"(record|raw)","name":"([A-Za-z_]+)"/;
/** Of these more counts than that they are there. */
const lookedInto = ["STRING", "addresses", "ldt", "tls"];

/** As much of a line as counts. What the encoder is going to read in full need not be read in full twice. */
function countedLine(text: string, number: number): Line {
  const [, kind, name] = START.exec(text) ?? [];
  return name === undefined || lookedInto.includes(name) ? parseLine(text, number) : { kind, name };
}

const BLOCK = 64 * 1024;
/** Of a chunk without pages before another: 0 would end the VMA there. */
const LEFT_OUT = 0xffff_ffff;

/**
 * What stands in the lines, counted: a count stands before what it counts, so all lines are read once before the first
 * is encoded. What is wrong with a line is for the encoder to say, unless it keeps us from counting.
 */
export async function countLines(chunks: LineChunks): Promise<Counts> {
  const counts = new Counts();
  const open = new Map<string, number>();
  let emptyChunk: number | undefined;
  for await (const { lines, first } of textLines(chunks)) {
    for (const [i, text] of lines.entries()) {
      if (isBlank(text)) continue;
      const line = countedLine(text, first + i);
      try {
        addLine(line);
      } catch (error) {
        throw inLine(error, first + i, "/fields/str");
      }
    }
  }
  return counts;

  function addLine(line: Line): void {
    for (const [record, index] of open) {
      const before = counts.at(index);
      const more = rules[record]!.adds(line, before);
      if (more > 0) counts.set(index, before + more);
    }
    const isChunk = isRecord(line, "PGARR");
    if (isChunk && emptyChunk !== undefined) counts.set(emptyChunk, LEFT_OUT);
    beginCount(line);
    emptyChunk = isChunk ? open.get("PGARR") : undefined;
  }

  function beginCount(line: Line): void {
    if (line["kind"] === "image") open.clear();
    const { name } = line;
    if (line["kind"] !== "record" || typeof name !== "string") return;
    if (name === "TASK") for (const record of [...open.keys()]) if (record !== "TREE") open.delete(record);
    if (Object.hasOwn(rules, name)) open.set(name, counts.begin());
  }
}
