import { CrimgError } from "../../src/errors.js";
import type { Finding } from "../../src/finding.js";
import { bytesSource } from "../../src/source/source.js";
import { walkSync } from "../../src/stream/iterate.js";
import type { WalkOptions } from "../../src/stream/walk.js";
import { Findings } from "../../src/verify/findings.js";

/** Everything there is to say about an image. */
export function findingsOf(bytes: Uint8Array, options: WalkOptions = {}): Finding[] {
  const found: Finding[] = [];
  const findings = new Findings(finding => found.push(finding));
  const onNotice = findings.notice.bind(findings);
  try {
    for (const item of walkSync(bytesSource(bytes), { ...options, onNotice })) findings.add(item);
  } catch (error) {
    if (!(error instanceof CrimgError) || error.code !== "not-an-image") throw error;
    findings.noImage(error);
  }
  findings.end();
  return found;
}
