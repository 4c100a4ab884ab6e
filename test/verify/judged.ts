import { CrimgError } from "../../src/errors.js";
import { walkSync } from "../../src/image/iterate.js";
import { bytesSource } from "../../src/image/source.js";
import type { WalkOptions } from "../../src/image/walk.js";
import type { Finding } from "../../src/verify/finding.js";
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
