import type { Finding, Severity } from "../finding.js";
import { dialectNamed } from "../formats/format.js";
import { formats } from "../formats/registry.js";
import { loadVerifyFacets } from "../verify/facets.js";
import { type VerifyReport, verifySync } from "../verify/verify.js";
import { defined } from "./defined.js";
import { type FileFailure, readSeekableFile, type Watch } from "./read-image-file.js";

/** What verifying one file takes; plain data, so that it can be sent to a worker. */
export interface VerifyJob {
  readonly path: string;
  readonly at?: number;
  readonly image?: number;
  readonly dialect?: string;
  readonly series?: string;
  readonly kernel?: readonly [number, number, number];
  readonly missing: readonly string[];
  readonly assumeFiles: boolean;
  readonly restarters?: number;
  /** Least severity, and number, of findings to keep. */
  readonly severity: Severity;
  readonly max: number;
}

/** What came of a file that could be verified; plain data, too. */
export interface VerifiedFile {
  readonly path: string;
  readonly findings: readonly Finding[];
  /** Findings of the wanted severity beyond `max`. */
  readonly withheld: number;
  readonly report: VerifyReport;
}

export type VerifyResult = VerifiedFile | FileFailure;

const ranks: Record<Severity, number> = { error: 2, warning: 1, note: 0 };

/** Verifies one file. */
export async function verifyFile(job: VerifyJob, watch?: Watch): Promise<VerifyResult> {
  const { path, dialect, missing, assumeFiles, severity, max, ...options } = job;
  const facets = await loadVerifyFacets(formats);
  return await readSeekableFile(path, watch, source => {
    const verification = verifySync(source, formats, facets, {
      ...options,
      ...defined({ dialect: dialect === undefined ? undefined : dialectNamed(dialect, formats) }),
      // Without it the model need not make text of every name.
      ...((!assumeFiles || missing.length > 0) && {
        exists: (name: string, likely: boolean) => assumeFiles && likely && !missing.includes(name),
      }),
    });
    const findings: Finding[] = [];
    let withheld = 0;
    for (let step = verification.next(); ; step = verification.next()) {
      if (step.done) return { path, findings, withheld, report: step.value };
      if (ranks[step.value.severity] < ranks[severity]) continue;
      if (findings.length < max) findings.push(step.value);
      else withheld++;
    }
  });
}
