import { CrimgError } from "../errors.js";
import type { Finding, Severity } from "../finding.js";
import type { RestartOptions, Verdict } from "../formats/verify-facet.js";
import { type Asking, drive, driveSync } from "../source/drive.js";
import type { Source, SyncSource } from "../source/source.js";
import { Window } from "../source/window.js";
import type { Item } from "../stream/item.js";
import type { StreamFormat } from "../stream/stream-format.js";
import { Walk, type WalkOptions } from "../stream/walk.js";
import { modelOf, modelsOf, type VerifyFacets } from "./facets.js";
import { Findings, type FirstImage } from "./findings.js";
import { RestartRun } from "./restart-run.js";

/** What to verify, and for whom. */
export interface VerifyOptions
  extends Pick<WalkOptions, "at" | "image" | "dialect">,
    Omit<RestartOptions, "start"> {
  /** Series of the kernel (or tool) that is to restart the image. Default: the one that the image shows. */
  readonly series?: string;
}

/** What verification came to. */
export interface VerifyReport {
  /** Dialect of the first image; undefined if there is none. */
  readonly dialect: string | undefined;
  /** How many findings there were. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** What a restart would answer; undefined for a format whose restart is not known. */
  readonly verdict: Verdict | undefined;
}

/**
 * Verifies an input that answers at once: yields findings as the walk goes, and returns the report. Throws `usage` for an
 * input that cannot be read twice: a restart may have to be begun anew.
 */
export function verifySync(
  source: SyncSource,
  formats: readonly StreamFormat[],
  facets: VerifyFacets,
  options: VerifyOptions = {},
): Generator<Finding, VerifyReport, void> {
  return driveSync(source, verification(source, formats, facets, options));
}

/** Verifies any input that can be read twice. */
export function verify(
  source: Source,
  formats: readonly StreamFormat[],
  facets: VerifyFacets,
  options: VerifyOptions = {},
): AsyncGenerator<Finding, VerifyReport, void> {
  return drive(source, verification(source, formats, facets, options));
}

/**
 * The walk, and a restart that follows it. Which series wrote an image shows only as it is read: one that the image turns
 * out not to be of is given up, and another begun.
 */
function* verification(
  { size, seekable }: Pick<Source, "size" | "seekable">,
  formats: readonly StreamFormat[],
  facets: VerifyFacets,
  options: VerifyOptions,
): Asking<Finding, VerifyReport> {
  if (!seekable) {
    throw new CrimgError("usage", "only an input that can be read twice can be verified: a file, or bytes");
  }
  const { at, image, dialect, series } = options;
  const asked = series === undefined ? undefined : modelOf(facets, series);
  const counts = { error: 0, warning: 0, note: 0 };
  const pending: Finding[] = [];
  const report = (finding: Finding) => {
    counts[finding.severity]++;
    pending.push(finding);
  };
  const findings = new Findings(facets, report, series);
  const window = new Window(size);
  const walk = new Walk(window, formats, {
    ...(at !== undefined && { at }),
    ...(image !== undefined && { image }),
    ...(dialect !== undefined && { dialect }),
    onFinding: report,
  });
  let wanted: string | undefined;
  let run: RestartRun | undefined;
  for (let step = nextOf(walk, findings); step !== undefined; step = nextOf(walk, findings)) {
    if (step === window) {
      yield window;
      run?.follow(window);
      continue;
    }
    findings.add(step as Item);
    if (pending.length > 0) yield* pending.splice(0);
    if (wanted === findings.first?.series()) continue;
    wanted = findings.first?.series();
    run = begun(findings.first);
    run?.follow(window);
  }
  yield* pending;
  if (findings.first === undefined) run = begun(undefined);
  const verdict = run && (yield* run.finish());
  return { dialect: findings.first?.image.dialect.name, counts, verdict };

  /** A restart of the first image; where there is none, of whatever is there: a kernel says no all the same. */
  function begun(first: FirstImage | undefined): RestartRun | undefined {
    const own = first === undefined ? modelsOf(facets)[0] : facets.get(first.image.format.id)?.restart;
    const model = asked ?? own;
    const reader = first?.series() ?? series ?? model?.series.at(-1);
    if (model === undefined || reader === undefined || !model.series.includes(reader)) return undefined;
    // It begins where the file position is, image or not; of a later image at its head, as if it were cut out.
    const start = image === undefined ? (at ?? 0) : (first?.image.offset ?? 0);
    return new RestartRun(model, reader, size, { ...options, start });
  }
}

/** The next step of the walk; that there is no image is a finding, too. */
function nextOf(walk: Walk, findings: Findings): Item | Window | undefined {
  try {
    return walk.next();
  } catch (error) {
    if (!(error instanceof CrimgError) || error.code !== "not-an-image") throw error;
    findings.noImage(error);
    return undefined;
  }
}
