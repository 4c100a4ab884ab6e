import { CrimgError, type ErrorCode } from "../errors.js";
import { dialectNamed } from "../format/cr/dialects.js";
import { DELETED } from "../format/cr/names.js";
import { fileSource } from "../image/file-source.js";
import type { SyncSource } from "../image/source.js";
import type { Finding, Severity } from "../verify/finding.js";
import { type VerifyReport, verifySync } from "../verify/verify.js";

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

/** Why one could not. */
export interface VerifyFailure {
  readonly path: string;
  readonly failure: { readonly code: ErrorCode; readonly message: string };
}

export type VerifyResult = VerifiedFile | VerifyFailure;

const ranks: Record<Severity, number> = { error: 2, warning: 1, note: 0 };

/**
 * Verifies one file. Errors of ours are part of the result; anything else is a bug and thrown. `watch` may look at how
 * it is read.
 */
export function verifyFile(
  job: VerifyJob,
  watch: (source: SyncSource) => SyncSource = source => source,
): VerifyResult {
  const { path, dialect, missing, assumeFiles, severity, max, ...options } = job;
  try {
    const source = fileSource(path);
    try {
      const verification = verifySync(watch(source), {
        ...options,
        ...(dialect !== undefined && { dialect: dialectNamed(dialect) }),
        exists: name => assumeFiles && !name.endsWith(DELETED) && !missing.includes(name),
      });
      const findings: Finding[] = [];
      let withheld = 0;
      for (let step = verification.next(); ; step = verification.next()) {
        if (step.done) return { path, findings, withheld, report: step.value };
        if (ranks[step.value.severity] < ranks[severity]) continue;
        if (findings.length < max) findings.push(step.value);
        else withheld++;
      }
    } finally {
      source.close?.();
    }
  } catch (error) {
    if (!(error instanceof CrimgError)) throw error;
    return { path, failure: { code: error.code, message: error.message } };
  }
}
