import { expect } from "vitest";
import type { ConversionReport } from "../../../src/convert/report.js";
import { reportLines } from "../../../src/convert/report-view.js";
import { repairs } from "../../../src/formats/cr/convert/options.js";
import { dialectNamed, dialects } from "../../../src/formats/cr/dialects.js";
import { formats } from "../../../src/formats/registry.js";
import { Image } from "../../../src/image.js";
import type { ConvertOptions } from "../../../src/index.js";
import { isCr } from "../../../src/index.js";
import { convertBytes } from "../../convert/converter.js";
import { damageOf } from "../../convert/parts.js";
import { schemaCheck } from "../../dump/schema-check.js";
import { collect, errors } from "../../image/collect.js";
import { concat } from "../../image/splice.js";
import type { Calls } from "../calls.js";
import { damagedImage, oddImage } from "../mutate/damage.js";
import { itemsOf } from "../mutate/places.js";
import { errorText, outcomeOf, outcomeOfAsync } from "../outcome.js";
import type { Random } from "../random.js";
import type { CaseOptions, Target } from "../target.js";
import { anyPlace, placeOf } from "./place.js";
import { preadOf } from "./pread.js";
import { expectShowable } from "./screen.js";

/** What is converted is as sound as it was, and says what was done to it. */
export const convertTarget: Target = {
  name: "convert",
  property: "convert refuses, or makes an image as sound as its source; its report adds up; twice is as once",
  input: "image",
  make(random) {
    const input = random.once(2) ? oddImage(random) : damagedImage(random);
    return { input, options: { ...anyPlace(input, random), ...anyGoal(input, random) } };
  },
  async check({ input, options }, calls) {
    const how = options as ConvertOptions;
    const made = outcomeOf(() => calls.timed("convert", () => convertBytes(input, how)));
    const file = await outcomeOfAsync(() => converted(input, how, calls));
    expect(errorText(file)).toBe(errorText(made));
    if (made.value === undefined || file.value === undefined) return;
    const { bytes, report } = made.value;
    expect(Buffer.compare(file.value, bytes), "convert and convertBytes make the same").toBe(0);
    expectSound(report, how);

    const source = collect(input, placeOf(options));
    if (errors(source).length > 0) return;
    expect(damageOf(bytes), "the source had no errors").toEqual([]);
    expectSameAgain(bytes, report, how);
  },
};

function anyGoal(input: Uint8Array, random: Random): CaseOptions {
  const to = random.pick(dialects);
  const tasks = tasksOf(input);
  const options: Record<string, () => CaseOptions[string]> = {
    to: () => to.name,
    series: () => random.pick(to.series),
    kernel: () => random.pick(["2.6.27", "2.6.28", "2.6.28-rc3", "0.0.0", "2.6.99999", "2.6.28-\x1b"]),
    ppid: () => random.pick([1, 77, 0x7fffffff, -1, 2 ** 32]),
    fds: () => [
      { fd: random.pick([0, 2, 1023, -1]), path: random.pick(["/dev/null", "/a\u001b[m", "/\udcff", ""]) },
    ],
    task: () => (tasks.length === 0 || random.once(8) ? 42 : random.pick(tasks)),
    xstate: () => random.pick([512, 576]),
    fpu: () => random.pick(["clear", "init", "asis"]),
    deleted: () => random.pick(["drop", "create"]),
    vdso: () => "int80",
    repair: () => repairs.filter(() => random.once(2)),
    lossless: () => true,
    zeroUndefined: () => true,
    partial: () => true,
  };
  // Once in so many times. Each reason to refuse hides what the others do.
  const rarity: Record<string, number> = { to: 1.2, fds: 20, lossless: 10, partial: 3, ppid: 20, vdso: 20 };
  if (tasks.length > 1) rarity["task"] = 2;
  const chosen = Object.keys(options).filter(name => random.fraction() * (rarity[name] ?? 7) < 1);
  return Object.fromEntries(chosen.map(name => [name, options[name]!()]));
}

function tasksOf(image: Uint8Array): number[] {
  return itemsOf(image).flatMap(item => (isCr(item, "MM") ? [item.header.parent] : []));
}

async function converted(input: Uint8Array, how: ConvertOptions, calls: Calls): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const write = (bytes: Uint8Array) => void parts.push(bytes.slice());
  await calls.timedAsync("convert of a file", () =>
    new Image(preadOf(input), {}, formats).convert(how, { write }),
  );
  return concat(...parts);
}

const checkReport = schemaCheck("convert-report.schema.json");
const plain = {
  kind: same,
  dim: (text: string) => text,
  error: (text: string) => text,
  good: (text: string) => text,
};

function same(_: unknown, text: string): string {
  return text;
}

function expectSound(report: ConversionReport, { lossless }: ConvertOptions): void {
  const { entries, counts, omitted, lossy } = report;
  if (omitted === 0) {
    const sums = { dropped: 0, invented: 0, changed: 0, renumbered: 0 };
    for (const { kind, count } of entries) sums[kind] += count;
    expect(counts, "counts add up").toEqual(sums);
    expect(lossy).toBe(entries.some(({ loss }) => loss));
  }
  if (lossless) expect(lossy, "nothing is lost").toBe(false);
  const written = [{ image: "input", task: null, output: null, ...report }];
  checkReport(JSON.parse(JSON.stringify(written)), "report");
  expectShowable(reportLines("input", report, plain).join("\n"), "report");
}

/** Converted again, nothing changes any more. */
function expectSameAgain(bytes: Uint8Array, report: ConversionReport, how: ConvertOptions): void {
  // The result holds what was asked for and nothing else; its descriptors are there now, its vdso is changed.
  const { at: _at, image: _image, fds: _fds, vdso: _vdso, dialect, ...rest } = how;
  // FPU state that only looks like the pointer of v6 is told from one in the record of v9 and later, not in that of v8.
  const isDown = rev(report.from) > 2 && rev(report.to) <= 2;
  const again = convertBytes(bytes, {
    ...rest,
    ...(dialect !== undefined && { dialect: report.to }),
    ...(isDown && { fpu: "asis" }),
  });
  expect(again.report.entries, "nothing is left to do").toEqual([]);
  expect(Buffer.compare(again.bytes, bytes), "twice is as once").toBe(0);
}

function rev(dialect: string): number {
  return dialectNamed(dialect).rev;
}
