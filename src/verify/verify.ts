import { CrimgError } from "../errors.js";
import type { Finding, Severity } from "../finding.js";
import { type RestartOptions, restart, type Verdict } from "../formats/cr/restart/restart.js";
import { type RestartSeries, restartSeries, restartSeriesNamed } from "../formats/cr/restart/series.js";
import { SeriesEvidence } from "../formats/cr/series.js";
import { type Asking, drive, driveSync } from "../source/drive.js";
import type { Source, SyncSource } from "../source/source.js";
import { Window } from "../source/window.js";
import type { ImageStart, Item } from "../stream/item.js";
import type { StreamFormat } from "../stream/stream-format.js";
import { Walk, type WalkOptions } from "../stream/walk.js";
import type { VerifyFacets } from "./facets.js";
import { Findings } from "./findings.js";

/** What to verify, and for whom. */
export interface VerifyOptions
  extends Pick<WalkOptions, "at" | "image" | "dialect">,
    Omit<RestartOptions, "start"> {
  /** Patch series of the kernel that shall restart the image. Default: the one that the image shows. */
  readonly series?: string;
}

/** What verification came to. */
export interface VerifyReport {
  /** Dialect of the first image; undefined if there is none. */
  readonly dialect: string | undefined;
  /** How many findings there were. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** What sys_restart of `series` would answer. */
  readonly verdict: Verdict & { readonly series: string };
}

/** Verifies an input that answers at once: yields findings as the walk goes, and returns the report. */
export function verifySync(
  source: SyncSource,
  formats: readonly StreamFormat[],
  facets: VerifyFacets,
  options: VerifyOptions = {},
): Generator<Finding, VerifyReport, void> {
  return driveSync(source, verification(source, formats, facets, options));
}

/** Verifies any input. */
export function verify(
  source: Source,
  formats: readonly StreamFormat[],
  facets: VerifyFacets,
  options: VerifyOptions = {},
): AsyncGenerator<Finding, VerifyReport, void> {
  return drive(source, verification(source, formats, facets, options));
}

function* verification(
  source: Source,
  formats: readonly StreamFormat[],
  facets: VerifyFacets,
  options: VerifyOptions,
): Asking<Finding, VerifyReport> {
  const verification = new Verification(source, formats, facets, options);
  for (let step = verification.next(); step !== undefined; step = verification.next()) yield step;
  return verification.report();
}

/** One reading by the code of a series. */
interface Reader {
  readonly series: readonly RestartSeries[];
  readonly window: Window;
  readonly run: Generator<void, Verdict, void>;
  verdict: Verdict | undefined;
}

/**
 * The walk and the restart models over one input, in step: whoever is behind reads next, so that a pipe can feed them
 * all. Which series wrote an image shows only as it is read. A pipe starts every reader that is different, most of which
 * stop at the head; an input that can be read again starts the one that is likely, and another from the beginning if the
 * evidence turns. Does no I/O: `next` gives a finding, or the window that wants bytes.
 */
class Verification {
  private readonly walkWindow: Window;
  private readonly walk: Walk;
  private walking = true;
  private readers: Reader[] = [];
  private readonly pending: Finding[] = [];
  private readonly add = (finding: Finding): void => {
    this.counts[finding.severity]++;
    this.pending.push(finding);
  };
  private readonly findings: Findings;
  private readonly counts = { error: 0, warning: 0, note: 0 };
  private evidence: SeriesEvidence | undefined;
  private image: ImageStart | undefined;
  /** Where the kernel begins to read, once it is known. */
  private start: number | undefined;

  constructor(
    private readonly source: Pick<Source, "size" | "seekable">,
    formats: readonly StreamFormat[],
    facets: VerifyFacets,
    private readonly options: VerifyOptions,
  ) {
    this.findings = new Findings(facets, this.add);
    const { at, image, dialect } = options;
    this.walkWindow = new Window(source.size);
    this.walk = new Walk(this.walkWindow, formats, {
      ...(at !== undefined && { at }),
      ...(image !== undefined && { image }),
      ...(dialect !== undefined && { dialect }),
      onFinding: this.add,
    });
    // The kernel reads from where the file stands; of a later image from its head, as if it were cut out.
    if (image === undefined) this.start = at ?? 0;
    if (source.seekable) return;
    if (this.start !== undefined) this.startReaders();
    // If a pipe holds no image the verdict is for its start, which is gone by the time that this is known.
    else this.readers = [this.readerFor([restartSeriesNamed(this.seriesName())], 0)];
  }

  next(): Finding | Window | undefined {
    for (;;) {
      const finding = this.pending.shift();
      if (finding !== undefined) return finding;
      const wanting = [...this.stepWalk(), ...this.stepReaders()];
      if (this.pending.length > 0) continue;
      const [first, ...others] = wanting;
      if (first === undefined) return undefined;
      if (this.share(wanting)) continue;
      return others.reduce((least, window) => (window.wantedAt < least.wantedAt ? window : least), first);
    }
  }

  /** Lets windows have what others hold already: the walk and the models read nearly the same bytes. */
  private share(wanting: readonly Window[]): boolean {
    const all = [this.walkWindow, ...this.readers.map(({ window }) => window)];
    const served = wanting.filter(window => all.some(other => other !== window && window.adopt(other)));
    return served.length > 0;
  }

  report(): VerifyReport {
    const wanted = this.seriesName();
    const reader = this.readerOf(wanted)!;
    return {
      dialect: this.image?.dialect.name,
      counts: { ...this.counts },
      verdict: { series: wanted, ...reader.verdict! },
    };
  }

  private seriesName(): string {
    return this.options.series ?? this.evidence?.latest ?? restartSeries.at(-1)!.name;
  }

  /** Walks on until bytes are wanted or there is something to say. */
  private stepWalk(): Window[] {
    while (this.walking && this.pending.length === 0) {
      const item = this.nextItem();
      if (item === this.walkWindow) return [this.walkWindow];
      if (item === undefined) {
        this.walking = false;
        // Where there is no image the kernel says no all the same.
        this.start ??= 0;
        this.ensureReader();
      } else this.see(item as Item);
    }
    return [];
  }

  private nextItem(): Item | Window | undefined {
    try {
      return this.walk.next();
    } catch (error) {
      if (!(error instanceof CrimgError) || error.code !== "not-an-image") throw error;
      this.findings.noImage(error);
      return undefined;
    }
  }

  private see(item: Item): void {
    this.findings.add(item);
    if (item.kind === "gap") return;
    if (this.image === undefined) {
      this.image = item.image;
      this.evidence = new SeriesEvidence(item.image.dialect);
      if (this.start === undefined) {
        this.start = item.image.offset;
        this.readers = [];
      }
      this.ensureReader();
    }
    if (item.kind !== "record" || item.image !== this.image) return;
    if (this.evidence!.see(item)) this.ensureReader();
  }

  private readerOf(name: string): Reader | undefined {
    return this.readers.find(({ series }) => series.some(one => one.name === name));
  }

  private ensureReader(): void {
    if (this.readerOf(this.seriesName()) !== undefined) return;
    if (this.source.seekable) this.readers.push(this.readerFor([restartSeriesNamed(this.seriesName())]));
    else this.startReaders();
  }

  private startReaders(): void {
    const { series } = this.options;
    const wanted = series === undefined ? restartSeries : [restartSeriesNamed(series)];
    const alike = new Map<string, RestartSeries[]>();
    for (const one of wanted) {
      const { name: _, dialect, ...behaviour } = one;
      const key = JSON.stringify([dialect.name, behaviour]);
      alike.set(key, [...(alike.get(key) ?? []), one]);
    }
    this.readers = [...alike.values()].map(group => this.readerFor(group));
  }

  private readerFor(series: readonly RestartSeries[], start = this.start!): Reader {
    const window = new Window(this.source.size);
    const run = restart(series[0]!, window, { ...this.options, start });
    return { series, window, run, verdict: undefined };
  }

  private stepReaders(): Window[] {
    return this.readers.flatMap(reader => {
      if (reader.verdict !== undefined) return [];
      const { done, value } = reader.run.next();
      if (!done) return [reader.window];
      reader.verdict = value;
      return [];
    });
  }
}
