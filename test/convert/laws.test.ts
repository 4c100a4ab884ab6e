import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConversionReport, ReportEntry } from "../../src/convert/report.js";
import { CrimgError } from "../../src/errors.js";
import type { Repair } from "../../src/formats/cr/convert/options.js";
import { dialectNamed, dialects } from "../../src/formats/cr/dialects.js";
import { head, header } from "../../src/formats/cr/records.js";
import type { Verdict } from "../../src/formats/verify-facet.js";
import type { ConvertOptions } from "../../src/index.js";
import { bytesSource } from "../../src/source/source.js";
import type { Dialect } from "../../src/stream/dialect.js";
import type { RecordItem } from "../../src/stream/item.js";
import { collect, records } from "../image/collect.js";
import { samples } from "../image/samples.js";
import { concat } from "../image/splice.js";
import { oneIn, shareOf } from "../share.js";
import { verifySync } from "../verify/verifier.js";
import { build, pidOf } from "./build.js";
import { convertBytes } from "./converter.js";
import { anyModel, type Model, type ModelBounds } from "./model.js";
import { damageOf, partsOf } from "./parts.js";
import { unnamed } from "./unnamed.js";
import { untrue } from "./untrue.js";

/** Printed with a failure, too; set CRIMG_SEED to try another. */
const seed = Number(process.env["CRIMG_SEED"] ?? 20081109);
const runs = Number(process.env["CRIMG_RUNS"] ?? shareOf(120, 5));

const anyDialect = fc.constantFrom(...dialects.map(({ name }) => name));

/** A checkpoint, the dialect it is in and one that can carry it; by their names, for a counterexample to be readable. */
interface Trip {
  readonly from: string;
  readonly to: string;
  readonly model: Model;
}

/** Any way from one dialect to another, several tasks only where both hold them. */
function anyTrip(bounds: ModelBounds = {}): fc.Arbitrary<Trip> {
  return fc.tuple(anyDialect, anyDialect).chain(([from, to]) => {
    const maxTasks = holdsTree(from) && holdsTree(to) ? 3 : 1;
    return anyModel({ maxTasks, ...bounds }).map(model => ({ from, to, model }));
  });
}

/** The same with any options that go together. */
const anyTripWithOptions = anyTrip({ deleted: true }).chain(trip =>
  fc.tuple(
    fc.constant(trip),
    fc.record(
      {
        // A kernel of cr-1 must not be given FPU state.
        fpu: trip.to === "cr-1" ? fc.constantFrom("clear", "asis") : fc.constantFrom("clear", "init", "asis"),
        zeroUndefined: fc.boolean(),
        repair: fc.subarray([...repair]),
        deleted: fc.constantFrom("drop", "create"),
        kernel: fc.constantFrom("2.6.27", "2.6.28-rc3"),
        ppid: fc.constantFrom(1, 77),
        xstate: fc.constantFrom(512, 576),
      },
      { requiredKeys: [] },
    ),
  ),
);

const holdsTree = (name: string) => dialectNamed(name).byName("TREE") !== undefined;
const bytesOf = ({ model, from }: Pick<Trip, "model" | "from">) => build(model, dialectNamed(from));

function check<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void, numRuns = runs): void {
  fc.assert(fc.property(arbitrary, predicate), { seed, numRuns });
}

function carried(bytes: Uint8Array, to: string, options: Omit<ConvertOptions, "to"> = {}) {
  return convertBytes(bytes, { to, ...options });
}

/** What the kernel that an image is for would answer. */
function verdictOf(bytes: Uint8Array, { series }: Pick<ConversionReport, "series">): Verdict {
  const verification = verifySync(bytesSource(bytes), { series });
  for (let step = verification.next(); ; step = verification.next())
    if (step.done) return step.value.verdict!;
}

/** An image carried to another dialect and back, and what the reports say that explains why it is not the same. */
function thereAndBack(bytes: Uint8Array, from: string, to: string) {
  const there = carried(bytes, to);
  const back = carried(there.bytes, from);
  const lost = [...there.report.entries, ...back.report.entries].filter(
    entry => entry.loss || isRepair(entry),
  );
  // On the way back a record that was dropped is invented again, with other values.
  const again = back.report.entries.filter(
    ({ kind, record }) => kind === "invented" && lost.some(entry => entry.record === record),
  );
  return { back: back.bytes, lost: [...lost, ...again] };
}

/** Mended on the way, and not broken again on the way back. */
const isRepair = ({ record }: ReportEntry) => record === "PGARR" || record === "tls";
const nothing: readonly string[] = [];
const repair: readonly Repair[] = ["tls", "chunks", "fpu"];

describe(`With seed ${seed}: an image`, () => {
  it("in its own dialect is the same, byte for byte", () => {
    check(anyTrip({ deleted: true }), trip => {
      const bytes = bytesOf(trip);
      const { bytes: same, report } = carried(bytes, trip.from);
      expect(Buffer.compare(same, bytes)).toBe(0);
      expect(report.entries).toEqual([]);
    });
  });

  it("carried to another dialect is sound", () => {
    check(anyTripWithOptions, ([trip, options]) => {
      const { to } = trip;
      const bytes = bytesOf(trip);
      expect(damageOf(bytes)).toEqual(nothing);
      expect(damageOf(carried(bytes, to, options).bytes)).toEqual(nothing);
    });
  });

  it("carried to another dialect loses, gains and changes nothing that the report does not name", () => {
    check(anyTripWithOptions, ([trip, options]) => {
      const { to } = trip;
      const bytes = bytesOf(trip);
      const { bytes: result, report } = carried(bytes, to, options);
      const before = partsOf(bytes);
      expect(unnamed(before, partsOf(result), report.entries)).toEqual(nothing);
      expect(untrue(before, report.entries)).toEqual(nothing);
      expectExactCounts(report);
    });
  });

  it("carried to another dialect takes its unknown records along, in their order", () => {
    check(anyTripWithOptions, ([trip, options]) => {
      const bytes = bytesOf(trip);
      const [before, after] = [bytes, carried(bytes, trip.to, options).bytes].map(image =>
        partsOf(image).flatMap(({ name, values }) => (name === "unknown" ? [values] : [])),
      );
      expect(after).toEqual(before);
    });
  });

  // Where an unknown record stands to one that was dropped is forgotten, so there are none here.
  it("carried there and back says the same, but for what the reports call lost or repaired", () => {
    check(anyTrip({ deleted: true, strangers: false }), trip => {
      const { from, to } = trip;
      const bytes = bytesOf(trip);
      const { back, lost } = thereAndBack(bytes, from, to);
      expect(unnamed(partsOf(bytes), partsOf(back), lost, { anywhere: true })).toEqual(nothing);
      if (lost.length > 0) return;
      // Then only bytes differ that mean nothing.
      const [was, is] = [bytes, back].map(image => carried(image, from, { zeroUndefined: true }).bytes);
      expect(Buffer.compare(was!, is!)).toBe(0);
    });
  });

  it("carried twice is as if carried once", () => {
    check(anyTripWithOptions, ([trip, options]) => {
      const { to } = trip;
      const bytes = bytesOf(trip);
      const once = carried(bytes, to, options).bytes;
      const twice = carried(once, to, options);
      expect(twice.report.entries).toEqual([]);
      expect(Buffer.compare(twice.bytes, once)).toBe(0);
    });
  });

  it("carried by way of a dialect between is as if carried there at once", () => {
    const order = dialects.map(({ name }) => name);
    check(fc.tuple(anyTrip({ deleted: true }), anyDialect), ([trip, between]) => {
      const { from, to } = trip;
      const [start, middle, end] = [from, between, to].map(name => order.indexOf(name));
      fc.pre((start! <= middle! && middle! <= end!) || (start! >= middle! && middle! >= end!));
      const bytes = bytesOf(trip);
      const onTheWay = carried(bytes, between).bytes;
      expect(Buffer.compare(carried(onTheWay, to).bytes, carried(bytes, to).bytes)).toBe(0);
    });
  });

  it("that a kernel restarts, but for its bugs, the target's kernel restarts", () => {
    check(anyTrip({ strangers: false }), trip => {
      const { from, to } = trip;
      const bytes = bytesOf(trip);
      const { bytes: result, report } = carried(bytes, to, from === to ? { repair } : {});
      expect(verdictOf(result, report)).toMatchObject({ returns: 0, position: result.length });
    });
  });

  it("with unlinked files is restarted once they are dropped or created", () => {
    const deleted = fc.constantFrom("drop" as const, "create" as const);
    check(fc.tuple(anyTrip({ strangers: false, deleted: true }), deleted), ([trip, how]) => {
      const { to } = trip;
      const bytes = bytesOf(trip);
      const { bytes: result, report } = carried(bytes, to, { deleted: how, repair });
      expect(verdictOf(result, report)).toMatchObject({ returns: 0, position: result.length });
    });
  });

  it("of one task is what is taken out of an image of several", () => {
    const cut = fc.tuple(fc.constantFrom("cr-3a", "cr-3b"), anyDialect, fc.nat(2), anyModel({ maxTasks: 3 }));
    check(cut, ([from, to, nth, model]) => {
      const bytes = bytesOf({ model, from });
      const task = pidOf(nth % model.tasks.length);
      const { bytes: result, report } = carried(bytes, to, { task, repair });
      expect(damageOf(result)).toEqual(nothing);
      const parts = partsOf(result);
      expect(parts.filter(({ name }) => name === "MM").map(({ values }) => values["parent"])).toEqual([
        String(task),
      ]);
      expect(unnamed(partsOf(bytes), parts, report.entries)).toEqual(nothing);
      if (model.strangers.length === 0) expect(verdictOf(result, report)).toMatchObject({ returns: 0 });
    });
  });

  it("of one task among several is restarted without the unlinked files that they share", () => {
    const how = fc.constantFrom("drop" as const, "create" as const);
    const models = anyModel({ maxTasks: 3, deleted: true, strangers: false });
    check(fc.tuple(fc.constantFrom("cr-3a", "cr-3b"), anyDialect, fc.nat(2), how, models), trip => {
      const [from, to, nth, deleted, model] = trip;
      const bytes = bytesOf({ model, from });
      const task = pidOf(nth % model.tasks.length);
      const { bytes: result, report } = carried(bytes, to, { task, repair, deleted });
      expect(damageOf(result)).toEqual(nothing);
      expect(unnamed(partsOf(bytes), partsOf(result), report.entries)).toEqual(nothing);
      expect(verdictOf(result, report)).toMatchObject({ returns: 0 });
    });
  });

  it("in a file with others is converted as it is alone, and what stands between them stays", () => {
    const gap = fc
      .constantFrom("", "x", "not an image".repeat(20))
      .map(text => new TextEncoder().encode(text));
    const models = fc.tuple(anyModel(), anyModel());
    check(fc.tuple(models, anyDialect, anyDialect, fc.tuple(gap, gap, gap)), ([pair, from, to, gaps]) => {
      const images = pair.map(model => bytesOf({ model, from }));
      const file = concat(gaps[0], images[0]!, gaps[1], images[1]!, gaps[2]);
      const alone = images.map(image => carried(image, to).bytes);
      const whole = carried(file, to);
      expect(whole.report.images).toBe(2);
      expect(Buffer.compare(whole.bytes, concat(gaps[0], alone[0]!, gaps[1], alone[1]!, gaps[2]))).toBe(0);
      for (const [image, bytes] of alone.entries()) {
        expect(Buffer.compare(carried(file, to, { image }).bytes, bytes)).toBe(0);
      }
    });
  });

  it("that is cut short keeps all that is whole, if a part will do, and is closed by a TAIL", () => {
    const cut = fc.tuple(anyTrip({ strangers: false }), fc.double({ min: 0, max: 1, noNaN: true }));
    check(cut, ([trip, where]) => {
      const whole = bytesOf(trip);
      const last = lastRecord(whole);
      const end = Math.floor(headEnd + where * (last.offset - headEnd));
      const prefix = whole.slice(0, end);
      expect(() => carried(prefix, trip.from)).toThrow(CrimgError);
      // Before the first STRING of rev 3 nothing in the bytes tells its two dialects apart.
      const { bytes, report } = carried(prefix, trip.from, { partial: true, dialect: trip.from });
      const kept = wholeUntil(whole, end);
      expect(Buffer.compare(bytes, concat(whole.subarray(0, kept), last.bytes))).toBe(0);
      expect(report.lossy).toBe(true);
    });
  });

  it("is refused by lossless if, and only if, the report says that something is lost", () => {
    check(anyTripWithOptions, ([trip, options]) => {
      const { to } = trip;
      const bytes = bytesOf(trip);
      const { report, bytes: result } = carried(bytes, to, options);
      expect(report.lossy).toBe(report.entries.some(({ loss }) => loss));
      if (report.lossy) {
        expect(() => carried(bytes, to, { ...options, lossless: true })).toThrow(/lose|lost/);
      } else {
        expect(Buffer.compare(carried(bytes, to, { ...options, lossless: true }).bytes, result)).toBe(0);
      }
    });
  });
});

describe("A sample", () => {
  const trips = samples.flatMap(sample =>
    dialects
      .filter(to => isCarriedBy(sample.name, sample.dialect, to))
      .map(to => [`${sample.name} to ${to.name}`, sample, to.name] as const),
  );

  it.each(oneIn(3, trips))("%s: nothing is lost that the report does not name", (_, { bytes }, to) => {
    const { bytes: result, report } = carried(bytes, to);
    expect(damageOf(result)).toEqual(nothing);
    const before = partsOf(bytes);
    expect(unnamed(before, partsOf(result), report.entries)).toEqual(nothing);
    expect(untrue(before, report.entries)).toEqual(nothing);
    expectExactCounts(report);
  });

  it.each(oneIn(3, trips))(
    "%s and back: the same, but for what is called lost or repaired",
    (_, { bytes, dialect }, to) => {
      const { back, lost } = thereAndBack(bytes, dialect, to);
      expect(unnamed(partsOf(bytes), partsOf(back), lost, { anywhere: true })).toEqual(nothing);
    },
  );
});

/** Without memory, with several tasks or cut short, it stays where it is: the refusals have their own tests. */
function isCarriedBy(name: string, dialect: string, to: Dialect): boolean {
  if (name === "v6-pipe") return false;
  if (name.startsWith("v5p2")) return to.name === "cr-1";
  return !name.endsWith("-tree") || to.rev === dialectNamed(dialect).rev;
}

const headEnd = header.size + head.size;

function lastRecord(bytes: Uint8Array): RecordItem {
  return records(collect(bytes)).at(-1)!;
}

/** Where the last record ends that stands, with the raw blocks it announces, before `end`. */
function wholeUntil(bytes: Uint8Array, end: number): number {
  const { items } = collect(bytes);
  const starts = items.flatMap(({ kind, offset }) => (kind === "record" ? [offset] : []));
  return starts.findLast(start => start <= end)!;
}

function expectExactCounts({ entries, counts, omitted }: ConversionReport): void {
  expect(omitted).toBe(0);
  const sums = { dropped: 0, invented: 0, changed: 0, renumbered: 0 };
  for (const { kind, count } of entries) sums[kind] += count;
  expect(counts).toEqual(sums);
}
