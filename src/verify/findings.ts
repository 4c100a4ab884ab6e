import type { CrimgError } from "../errors.js";
import { type Finding, findingOf, rule, type Say } from "../finding.js";
import { evidenceOf } from "../formats/format.js";
import type { Judge } from "../formats/verify-facet.js";
import type { SeriesEvidence } from "../model/series.js";
import type { ImageStart, Item, RawItem, RecordItem } from "../stream/item.js";
import type { VerifyFacets } from "./facets.js";
import { Fields } from "./fields.js";

export const notAnImage = rule("not-an-image", {
  group: "structure",
  severity: "error",
  title: "There is no image",
  why: "Nothing in the file is a head that crimg knows, so no reader finds where to begin.",
  source: "the probes of the formats",
});

/** The image that a restart would be of. */
export interface FirstImage {
  readonly image: ImageStart;
  /** The series that it is verified for: the one asked for, else the one that it shows so far. */
  series(): string;
}

/**
 * Judges the items of a walk as they come, each image by itself. What it remembers is bounded, whatever the image says:
 * see limits.ts.
 */
export class Findings {
  first: FirstImage | undefined;
  private readonly say: Say;
  private image: ImageStart | undefined;
  private evidence: SeriesEvidence | undefined;
  private judges: readonly Judge[] = [];
  /** The judges that want an item of a name, as names turn up. */
  private readonly wanting = new Map<string, readonly Judge[]>();

  constructor(
    private readonly facets: VerifyFacets,
    report: (finding: Finding) => void,
    /** The series that images are verified for. Default: the one that each image shows. */
    private readonly wanted?: string,
  ) {
    this.say = (...found) => report(findingOf(...found));
  }

  add(item: Item): void {
    if (item.kind === "gap") return;
    if (item.image !== this.image) this.startImage(item.image);
    if (item.kind === "unknown") return;
    // Before it is judged: a record may be what shows for which series it is to be judged.
    this.evidence?.see(item);
    const { name } = item;
    const judges = this.wanting.get(name) ?? this.judgesFor(item);
    for (const judge of judges) judge.add(item);
  }

  /** The walk found no image: what it threw. */
  noImage(error: CrimgError): void {
    const { offset = 0, reason } = error;
    this.say(notAnImage, { offset, path: "gap" }, reason);
  }

  private startImage(image: ImageStart): void {
    const { say } = this;
    const facet = this.facets.get(image.format.id);
    const fields = new Fields(say, image.dialect);
    this.image = image;
    const evidence = evidenceOf(image);
    this.evidence = evidence;
    const series = () => this.wanted ?? evidence.latest;
    this.first ??= { image, series };
    const judges = facet?.judges({ say, fields, series }) ?? [];
    this.judges = judges.includes(fields) ? judges : [fields, ...judges];
    this.wanting.clear();
  }

  private judgesFor({ kind, name }: RecordItem | RawItem): readonly Judge[] {
    const isWanted = ({ wants }: Judge) => (wants === undefined ? kind === "record" : wants.includes(name));
    const judges = this.judges.filter(isWanted);
    this.wanting.set(name, judges);
    return judges;
  }
}
