import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.js";
import type { VerifyReport } from "../../src/verify/verify.js";
import { onePerDialect, sample, samples } from "../image/samples.js";
import { seeded } from "../image/seeded.js";
import { concat, overwritten, recordNamed, withField, withLen } from "../image/splice.js";
import { oneIn, shareOf, takesAll } from "../share.js";
import { rows } from "../verdicts/rows.js";
import { reportOf } from "./report-of.js";
import { rules } from "./verifier.js";

const SEED = 20081119;
const ids = new Set(rules.map(({ id }) => id));

/** Says what is wrong with a report on an input of this many bytes; undefined if nothing is. */
function wrongWith(findings: readonly Finding[], report: VerifyReport, size: number): string | undefined {
  const { returns, position } = report.verdict!;
  const counted = { error: 0, warning: 0, note: 0 };
  for (const finding of findings) {
    counted[finding.severity]++;
    const { rule, offset, path, message } = finding;
    const isSound =
      ids.has(rule) &&
      Number.isSafeInteger(offset) &&
      offset >= 0 &&
      offset <= size &&
      path !== "" &&
      message !== "" &&
      !/undefined|NaN|\[object/.test(`${path} ${message}`);
    if (!isSound) return JSON.stringify(finding);
  }
  const isSound =
    Number.isSafeInteger(returns) &&
    returns <= 0 &&
    Number.isSafeInteger(position) &&
    position >= 0 &&
    position <= size &&
    JSON.stringify(counted) === JSON.stringify(report.counts);
  return isSound ? undefined : JSON.stringify(report);
}

/** Whatever the bytes: a report, and a sound one. */
function expectReport(bytes: Uint8Array, about: string): VerifyReport {
  const { findings, report } = reportOf(bytes);
  const wrong = wrongWith(findings, report, bytes.length);
  if (wrong !== undefined) expect.fail(`${about}: ${wrong}`);
  return report;
}

/** These in full; of the others every `stride`-th place. */
const stride = takesAll ? 1 : 17;
const inFull = new Set(onePerDialect.map(({ name }) => name));
const strideOf = (name: string) => (inFull.has(name) ? stride : 29);

describe("there is a sound report on", () => {
  it("every image that a kernel was given", () => {
    const all = rows();
    expect(all.length).toBeGreaterThan(500);
    for (const { group, name, bytes } of oneIn(5, all)) expectReport(bytes, `${group}/${name}`);
  });

  it.each(samples)("$name, cut below 2 KiB", ({ name, bytes }) => {
    let errors = 0;
    for (let length = 0; length < Math.min(2048, bytes.length); length += strideOf(name))
      if (expectReport(bytes.subarray(0, length), `cut at ${length}`).counts.error > 0) errors++;
    // Whatever is cut off, it is missed.
    expect(errors).toBe(Math.ceil(Math.min(2048, bytes.length) / strideOf(name)));
  });

  it.each(samples.filter(({ bytes }) => bytes.length > 2048))(
    "$name, cut at random places",
    ({ name, bytes }) => {
      const random = seeded(SEED);
      const places = inFull.has(name) ? shareOf(200, 5) : shareOf(20, 5);
      for (let i = 0; i < places; i++) {
        const length = 2048 + random(bytes.length - 2048);
        const report = expectReport(bytes.subarray(0, length), `seed ${SEED}, cut at ${length}`);
        expect(report.dialect).toBeDefined();
      }
    },
  );

  it.each(samples)("$name, bytes of its first KiB flipped", ({ name, bytes }) => {
    let reports = 0;
    for (let at = 0; at < Math.min(1024, bytes.length); at += strideOf(name)) {
      expectReport(overwritten(bytes, at, Uint8Array.of(~bytes[at]!)), `flipped at ${at}`);
      reports++;
    }
    expect(reports).toBeGreaterThan(10);
  });

  it.each([0, 1, 7, 8, 9, 231, 4096, 70_000])("%i bytes of one value, and of any", length => {
    const random = seeded(SEED);
    const inputs = [
      new Uint8Array(length),
      new Uint8Array(length).fill(0xff),
      Uint8Array.from({ length }, () => random(256)),
    ];
    for (const bytes of inputs) {
      const { findings, report } = reportOf(bytes);
      expect(wrongWith(findings, report, length)).toBeUndefined();
      expect(findings.map(({ rule }) => rule)).toEqual(["not-an-image"]);
      expect(report.dialect).toBeUndefined();
    }
  });

  it("a head, and then anything", () => {
    const random = seeded(SEED);
    for (const { name, bytes } of onePerDialect) {
      const head = bytes.subarray(0, recordNamed(bytes, "TASK").offset);
      for (let i = 0; i < 50; i++) {
        const noise = Uint8Array.from({ length: random(5000) }, () => random(256));
        const report = expectReport(concat(head, noise), `${name}, seed ${SEED}, round ${i}`);
        expect(report.counts.error).toBeGreaterThan(0);
      }
    }
  });
});

describe("there is a sound report, and an error in it, where lengths lead nowhere", () => {
  const names = ["HEAD", "TASK", "STRING", "MM", "VMA", "PGARR", "MM_CONTEXT", "THREAD", "CPU", "TAIL"];
  const lens = [-0x8000, -1, -8, 0, 1, 7, 0x7fff];

  it.each(onePerDialect)("$name, each record with another len", ({ bytes }) => {
    const records = names.map(name => recordNamed(bytes, name));
    for (const record of records) {
      for (const len of lens) {
        const report = expectReport(withLen(bytes, record, len), `len of ${record.name} is ${len}`);
        expect(report.counts.error, `len of ${record.name} is ${len}`).toBeGreaterThan(0);
      }
    }
  });

  it.each(onePerDialect)("$name, records that overlap or lead back", ({ bytes }) => {
    for (const name of ["MM", "VMA", "CPU"]) {
      const record = recordNamed(bytes, name);
      for (const len of [8, 16, record.length - 8 - 8]) {
        // The payload holds a header of its own, which a shorter len makes the next record.
        const inner = overwritten(
          bytes,
          record.offset + 8 + len,
          bytes.subarray(record.offset, record.offset + 8),
        );
        expect(expectReport(withLen(inner, record, len), `${name}: ${len}`).counts.error).toBeGreaterThan(0);
        // The same, with a len that leads back to the record itself.
        const back = withLen(bytes, record, -(8 + len));
        expect(expectReport(back, `${name}: back by ${8 + len}`).counts.error).toBeGreaterThan(0);
      }
    }
  });
});

describe("there is a sound report, and an error in it, where a count cannot be", () => {
  const numbers = [2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n, 2n ** 64n - 1n];
  const cases: [string, string, string, number, readonly bigint[]][] = onePerDialect.flatMap(({ name }) => [
    [name, "PGARR", "nr_pages", 1, numbers],
    [name, "MM", "map_count", 0, [2n ** 31n, 2n ** 32n - 1n]],
    [name, "MM_CONTEXT", "nldt", 0, [1n, 8193n, 0x7fffn, 0x8000n, 0xffffn]],
    [name, "TASK", "task_comm_len", 0, [2n ** 31n, 2n ** 32n - 1n]],
  ]);
  for (const name of ["v6-files", "v9-fpu", "v13-xsave-fpu"]) {
    cases.push([name, "FILES", "nfds", 0, [1024n, 1048576n, 1048577n, 2n ** 31n, 2n ** 32n - 1n]]);
    cases.push([name, "FD_ENT", "fd", 1, [-1n, 2n ** 31n, 2n ** 32n - 2n]]);
  }
  for (const name of ["v9-tree", "v13-tree", "v9-fpu"])
    cases.push([name, "TREE", "tasks_nr", 0, [0n, 2n ** 27n, 2n ** 28n, 2n ** 31n, 2n ** 32n - 1n]]);

  it.each(cases)("%s: %s.%s", (name, record, field, nth, values) => {
    const { bytes } = sample(name);
    for (const value of values) {
      const made = withField(bytes, recordNamed(bytes, record, nth), field, value);
      const report = expectReport(made, `${field} is ${value}`);
      const { error, warning } = report.counts;
      expect(error + warning, `${field} is ${value}`).toBeGreaterThan(0);
    }
  });
});
