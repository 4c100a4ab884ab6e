import type { Change, ChangeKind, ChangeReport } from "../formats/convert-piece.js";

/** One line of the report. */
export interface ReportEntry {
  readonly kind: ChangeKind;
  /** The place in the source, e.g. `task[0].mm.vma[3]`; `[*]` where the line stands for several. */
  readonly path: string;
  /** The record or raw block. */
  readonly record: string;
  /** Its field; `type` or `parent` of its header; null for all of it. */
  readonly field: string | null;
  /** The value before; null if there was none, or if several differ. */
  readonly old: string | null;
  /** The value after; null if there is none, or if several differ. */
  readonly new: string | null;
  readonly why: string;
  /** True if converting back would not bring the value back. */
  readonly loss: boolean;
  /** How many places the line stands for. */
  readonly count: number;
}

/** What a conversion did. */
export interface ConversionReport {
  /** Dialect of the source; of several images that of the first. */
  readonly from: string;
  readonly to: string;
  /** The patch series the result is made for. */
  readonly series: string;
  /** Images converted. */
  readonly images: number;
  readonly entries: readonly ReportEntry[];
  /** Places by what was done to them, those of `omitted` entries too. */
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** True if anything is lost. */
  readonly lossy: boolean;
  /** Entries that are counted but not listed, because there are too many. */
  readonly omitted: number;
}

/** Entries that a report lists; an image can have millions of places, and a report stays in memory. */
const LISTED = 10_000;

/** Collects what a conversion does. */
export class ChangeCollector implements ChangeReport {
  private readonly entries: ReportEntry[] = [];
  /** Lines that stand for several places, by record. */
  private readonly folded = new Map<string, FoldedEntry[]>();
  private readonly counts = { dropped: 0, invented: 0, changed: 0, renumbered: 0 };
  private lossy = false;
  private omitted = 0;

  add(change: Change): void {
    this.count(change);
    if (this.entries.length < LISTED) this.entries.push(entryOf(change));
    else this.omitted++;
  }

  fold(change: Change): void {
    this.count(change);
    const { kind, path, record, field, why, loss = false } = change;
    const lines = this.folded.get(record) ?? [];
    // Not by a key made of all this: it comes with every record of an image.
    const line = lines.find(
      line =>
        line.field === field &&
        line.why === why &&
        line.kind === kind &&
        line.loss === loss &&
        likeness(line.path, path) !== "different",
    );
    if (line === undefined) this.folded.set(record, [...lines, { ...entryOf(change) }]);
    else join(line, change);
  }

  finish(head: Pick<ConversionReport, "from" | "to" | "series" | "images">): ConversionReport {
    const { counts, lossy, omitted } = this;
    return {
      ...head,
      entries: [...this.entries, ...[...this.folded.values()].flat()],
      counts,
      lossy,
      omitted,
    };
  }

  private count({ kind, loss = false }: Change): void {
    this.counts[kind]++;
    this.lossy ||= loss;
  }
}

function entryOf({ kind, path, record, field, old, new: now, why, loss = false }: Change): ReportEntry {
  return { kind, path, record, field, old: old ?? null, new: now ?? null, why, loss, count: 1 };
}

type FoldedEntry = { -readonly [K in keyof ReportEntry]: ReportEntry[K] };

function join(line: FoldedEntry, change: Change): void {
  if (likeness(line.path, change.path) !== "covered") line.path = commonPath(line.path, change.path);
  if (line.old !== (change.old ?? null)) line.old = null;
  if (line.new !== (change.new ?? null)) line.new = null;
  line.count++;
}

const STAR = "*".charCodeAt(0);

/** `covered`: the path is the pattern, with numbers for its `*`. `alike`: the same but for other numbers. */
function likeness(pattern: string, path: string): "covered" | "alike" | "different" {
  let result: "covered" | "alike" = "covered";
  let i = 0;
  let j = 0;
  while (i < pattern.length || j < path.length) {
    const [wanted, found] = [pattern.charCodeAt(i), path.charCodeAt(j)];
    if (wanted === found) {
      i++;
      j++;
    } else {
      if (wanted === STAR) i++;
      else result = "alike";
      const [before, after] = [i, j];
      while (isDigit(pattern.charCodeAt(i))) i++;
      while (isDigit(path.charCodeAt(j))) j++;
      if (i === before && j === after) return "different";
    }
  }
  return result;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The path of both, which differ in their numbers only, with `*` for those. */
function commonPath(a: string, b: string): string {
  const [left, right] = [a, b].map(path => path.split(/(?<=\[)|(?=\])/));
  return left!.map((part, i) => (part === right![i] ? part : "*")).join("");
}
