import type { Finding } from "../../src/finding.js";
import { bytesSource, type SyncSource } from "../../src/source/source.js";
import type { VerifyOptions, VerifyReport } from "../../src/verify/verify.js";
import { verifySync } from "./verifier.js";

/** All that verify says of some bytes, or of another source. */
export function reportOf(
  from: Uint8Array | SyncSource,
  options: VerifyOptions = {},
): { readonly findings: Finding[]; readonly report: VerifyReport } {
  const findings: Finding[] = [];
  const verification = verifySync(from instanceof Uint8Array ? bytesSource(from) : from, options);
  for (let step = verification.next(); ; step = verification.next()) {
    if (step.done) return { findings, report: step.value };
    findings.push(step.value);
  }
}
