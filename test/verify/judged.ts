import { CrimgError } from "../../src/errors.js";
import type { Finding } from "../../src/finding.js";
import { bytesSource } from "../../src/source/source.js";
import type { WalkOptions } from "../../src/stream/walk.js";
import { Findings } from "../../src/verify/findings.js";
import { walkSync } from "../engines.js";
import { facets } from "./verifier.js";

/** Everything there is to say about an image. */
export function findingsOf(bytes: Uint8Array, options: WalkOptions = {}): Finding[] {
  const found: Finding[] = [];
  const onFinding = (finding: Finding) => {
    found.push(finding);
  };
  const findings = new Findings(facets, onFinding);
  try {
    for (const item of walkSync(bytesSource(bytes), { ...options, onFinding })) findings.add(item);
  } catch (error) {
    if (!(error instanceof CrimgError) || error.code !== "not-an-image") throw error;
    findings.noImage(error);
  }
  return found;
}
