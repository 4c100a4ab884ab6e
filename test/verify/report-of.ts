import { bytesSource } from "../../src/image/source.js";
import type { Finding } from "../../src/verify/finding.js";
import { type VerifyOptions, type VerifyReport, verifySync } from "../../src/verify/verify.js";

/** All that verify says of some bytes. */
export function reportOf(
  bytes: Uint8Array,
  options: VerifyOptions = {},
): { readonly findings: Finding[]; readonly report: VerifyReport } {
  const findings: Finding[] = [];
  const verification = verifySync(bytesSource(bytes), options);
  for (let step = verification.next(); ; step = verification.next()) {
    if (step.done) return { findings, report: step.value };
    findings.push(step.value);
  }
}
