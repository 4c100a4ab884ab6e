import type { ReportEntry } from "../../src/convert/report.js";
import type { Part } from "./parts.js";

/** What became of a part: the sides that are there. */
interface Step {
  readonly before: Part | undefined;
  readonly after: Part | undefined;
}

/**
 * What two images say differently and no entry names: nothing, if the report is whole. Parts are set against each other
 * such that as little as possible is left unnamed. `anywhere`: entries count whatever their path, for reports of
 * conversions whose paths are those of an image in between.
 */
export function unnamed(
  before: readonly Part[],
  after: readonly Part[],
  entries: readonly ReportEntry[],
  { anywhere = false } = {},
): string[] {
  const names = new Naming(entries, anywhere);
  return align(before, after, names).flatMap(step => complaints(step, names));
}

/** What the entries of a report allow for. */
class Naming {
  private readonly entries: readonly (ReportEntry & { readonly pattern: RegExp })[];

  constructor(
    entries: readonly ReportEntry[],
    private readonly anywhere: boolean,
  ) {
    this.entries = entries
      .filter(entry => !isMove(entry))
      .flatMap(besidesCpu)
      .map(entry => ({ ...entry, pattern: patternOf(entry.path) }));
  }

  /** The part is gone, and that is said; of a whole task in one line. */
  mayGo({ path, name }: Part): boolean {
    return this.some(
      ({ kind, record, field, pattern }) =>
        kind === "dropped" &&
        field === null &&
        (record === name
          ? this.isAt(pattern, path)
          : record === "TASK" && this.isAt(pattern, path.replace(/(task\[\d+\]).*/, "$1"))),
    );
  }

  /** The part is new, and that is said. Its place in the source cannot be told from the one it has now. */
  mayCome({ name }: Part): boolean {
    return this.some(({ kind, record, field }) => kind === "invented" && record === name && field === null);
  }

  /** The value is another, and that is said. */
  mayChange({ path, name }: Part, value: string): boolean {
    return this.some(
      ({ record, field, pattern }) =>
        // What is said of an element's field is said of the block's bytes.
        record === name && (field === value || value === "bytes") && this.isAt(pattern, path),
    );
  }

  private some(holds: (entry: ReportEntry & { readonly pattern: RegExp }) => boolean): boolean {
    return this.entries.some(holds);
  }

  private isAt(pattern: RegExp, path: string): boolean {
    return this.anywhere || pattern.test(path);
  }
}

/** FPU state that comes to stand elsewhere: it is a part of its own in `partsOf`, so that is no difference. */
function isMove({ old, new: now }: ReportEntry): boolean {
  return old === "behind CPU" || now === "behind CPU";
}

/** What is said of FPU state in CPU, as if said of that part. */
function besidesCpu(entry: ReportEntry): ReportEntry[] {
  const { record, field, path } = entry;
  if (record !== "CPU" || (field !== "xstate" && field !== "has_fxsr")) return [entry];
  return [
    entry,
    { ...entry, path: `${path}.xstate`, record: "xstate", field: field === "xstate" ? null : field },
  ];
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.[\]]/g, "\\$&").replaceAll("*", "\\d+");
  return new RegExp(`^${escaped}$`);
}

/** Sets parts against each other at the least cost: one for each thing that is not named. */
function align(before: readonly Part[], after: readonly Part[], names: Naming): Step[] {
  const goes = before.map(part => (names.mayGo(part) ? 0 : 1));
  const comes = after.map(part => (names.mayCome(part) ? 0 : 1));
  const width = after.length + 1;
  const costs = new Float64Array((before.length + 1) * width);
  for (let i = before.length; i >= 0; i--) {
    for (let j = after.length; j >= 0; j--) {
      if (i === before.length && j === after.length) continue;
      costs[i * width + j] = Math.min(
        i < before.length ? goes[i]! + costs[(i + 1) * width + j]! : Number.POSITIVE_INFINITY,
        j < after.length ? comes[j]! + costs[i * width + j + 1]! : Number.POSITIVE_INFINITY,
        i < before.length && j < after.length
          ? pairCost(before[i]!, after[j]!, names) + costs[(i + 1) * width + j + 1]!
          : Number.POSITIVE_INFINITY,
      );
    }
  }
  const steps: Step[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const cost = costs[i * width + j]!;
    if (
      i < before.length &&
      j < after.length &&
      cost === pairCost(before[i]!, after[j]!, names) + costs[(i + 1) * width + j + 1]!
    ) {
      steps.push({ before: before[i++], after: after[j++] });
    } else if (i < before.length && cost === goes[i]! + costs[(i + 1) * width + j]!) {
      steps.push({ before: before[i++], after: undefined });
    } else steps.push({ before: undefined, after: after[j++] });
  }
  return steps;
}

/** Infinite for parts that are not of one kind. */
function pairCost(before: Part, after: Part, names: Naming): number {
  if (before.name !== after.name) return Number.POSITIVE_INFINITY;
  // Little is cheaper than dropping one thing and inventing another without a word.
  return differences(before, after, names).length / 100;
}

function differences(before: Part, after: Part, names: Naming): string[] {
  const values = new Set([...Object.keys(before.values), ...Object.keys(after.values)]);
  return [...values].filter(
    value => before.values[value] !== after.values[value] && !names.mayChange(before, value),
  );
}

function complaints({ before, after }: Step, names: Naming): string[] {
  if (before === undefined) return names.mayCome(after!) ? [] : [`${after!.path}: ${after!.name} is new`];
  if (after === undefined) return names.mayGo(before) ? [] : [`${before.path}: ${before.name} is gone`];
  return differences(before, after, names).map(
    value =>
      `${before.path}: ${before.name}.${value} was ${before.values[value] ?? "not there"}, is ${after.values[value] ?? "not there"}`,
  );
}
