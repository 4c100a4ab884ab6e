import { expect } from "vitest";
import type { Finding } from "../../../src/finding.js";
import { openImage } from "../../../src/index.js";
import { blobSource, bytesSource, type Source, type SyncSource } from "../../../src/source/source.js";
import { type ReportStyle, reportLines } from "../../../src/verify/report/human.js";
import type { VerifyOptions, VerifyReport } from "../../../src/verify/verify.js";
import { rules, series, verifySync } from "../../verify/verifier.js";
import type { Calls } from "../calls.js";
import { damagedImage } from "../mutate/damage.js";
import { errorText, type Outcome, outcomeOf, outcomeOfAsync } from "../outcome.js";
import type { Random } from "../random.js";
import type { CaseOptions, Target } from "../target.js";
import { anyPlace, placeOf } from "./place.js";
import { preadOf } from "./pread.js";
import { expectShowable } from "./screen.js";

/** Verify says the same of the same bytes, wherever they are. */
export const verifyTarget: Target = {
  name: "verify",
  property:
    "findings lie in the file, and they and the verdict are the same of a file, of memory and of what answers later",
  input: "image",
  make(random) {
    const input = damagedImage(random);
    return { input, options: { ...anyPlace(input, random), ...anyKernel(random) } };
  },
  async check({ input, options }, calls) {
    const how = { ...placeOf(options), ...kernelOf(options) };
    const file = outcomeOf(() => judged(preadOf(input), how, calls, "verify"));
    expectSame(
      outcomeOf(() => judged(bytesSource(input), how, calls, "verify of bytes")),
      file,
    );
    const blob = blobSource(new Blob([input.slice()]));
    expectSame(await outcomeOfAsync(() => judgedLater(blob, how)), file);
    if (file.value !== undefined) expectSound(file.value, input.length);
  },
};

function anyKernel(random: Random): CaseOptions {
  return {
    ...(random.once(3) && { series: random.pick(series) }),
    ...(random.once(6) && { kernel: [2, 6, random.between(26, 29)] }),
    ...(random.once(6) && { restarters: random.pick([0, 1, 2, 5, 100_000]) }),
    ...(random.once(8) && { exists: false }),
    ...(random.once(6) && {
      fpu: { has_fxsr: 1, has_xsave: random.below(2), xstate_size: random.pick([512, 576]) },
    }),
  };
}

function kernelOf({ exists, ...options }: CaseOptions): VerifyOptions {
  const { series, kernel, restarters, fpu } = options as VerifyOptions;
  return {
    ...(series !== undefined && { series }),
    ...(kernel !== undefined && { kernel }),
    ...(restarters !== undefined && { restarters }),
    ...(fpu !== undefined && { fpu }),
    ...(exists !== undefined && { exists: () => exists as boolean }),
  };
}

interface Judged {
  readonly findings: readonly Finding[];
  readonly report: VerifyReport;
}

function judged(source: SyncSource, how: VerifyOptions, calls: Calls, call: string): Judged {
  const findings: Finding[] = [];
  return calls.timed(call, () => {
    const verification = verifySync(source, how);
    for (;;) {
      const { done, value } = verification.next();
      if (done) return { findings, report: value };
      findings.push(value);
    }
  });
}

async function judgedLater(source: Source, how: VerifyOptions): Promise<Judged> {
  const findings: Finding[] = [];
  const verification = (await openImage(source)).findings(how);
  for (;;) {
    const { done, value } = await verification.next();
    if (done) return { findings, report: value };
    findings.push(value);
  }
}

function expectSame(one: Outcome<Judged>, other: Outcome<Judged>): void {
  expect(errorText(one)).toBe(errorText(other));
  expect(one.value?.report.verdict).toEqual(other.value?.report.verdict);
  expect(one.value?.report).toEqual(other.value?.report);
  // Said in one piece: vitest's comparison of long lists takes long.
  const [a, b] = [one, other].map(({ value }) => JSON.stringify(value?.findings));
  if (a !== b) expect(one.value?.findings).toEqual(other.value?.findings);
}

const same = (text: string) => text;
const plain: ReportStyle = { severity: (_, text) => text, dim: same, good: same };
const known = new Map(rules.map(rule => [rule.id, rule]));

function expectSound({ findings, report }: Judged, length: number): void {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const finding of findings) {
    const { rule, severity, offset, path, message, hint = "" } = finding;
    counts[severity]++;
    const isSound =
      known.get(rule)?.severity === severity &&
      Number.isSafeInteger(offset) &&
      offset >= 0 &&
      offset <= length &&
      message !== "";
    if (!isSound) expect.fail(`this is no finding in ${length} bytes: ${JSON.stringify(finding)}`);
    // In a message names are as they are in the image: whoever shows it escapes it, as the report below does.
    expectShowable(`${path} ${hint}`, rule);
  }
  expectShowable(reportLines("input", findings, report, plain).join("\n"), "report");
  expect(report.counts).toEqual(counts);
  const { position, returns, errno } = report.verdict!;
  if (position < 0 || position > length) expect.fail(`the verdict's position is ${position} of ${length}`);
  expect(returns).toBeLessThanOrEqual(0);
  // A negative parent is returned as it is, and need not be an error that has a name.
  if (returns === 0 || returns === -22) expect(errno).toBe(returns === 0 ? undefined : "EINVAL");
}
