import type { CrimgError } from "../errors.js";
import type { Finding } from "../finding.js";
import type { CrItem } from "../formats/cr/item.js";
import type { Judge, Say } from "../formats/cr/verify/judge.js";
import { judgesOf } from "../formats/cr/verify/judges.js";
import { ruleNamed } from "../formats/cr/verify/rules.js";
import type { ImageStart, Item, RawItem, RecordItem } from "../stream/item.js";

/**
 * Judges the items of a walk as they come. What it remembers is bounded, whatever the image says: see limits.ts.
 */
export class Findings {
  private readonly say: Say;
  private image: ImageStart | undefined;
  private judges: readonly Judge[] = [];
  /** The judges that want an item of a name, as names turn up. */
  private readonly wanting = new Map<string, readonly Judge[]>();

  constructor(report: (finding: Finding) => void) {
    this.say = (id, { offset, path }, message, hint) => {
      const { severity } = ruleNamed(id);
      report({ rule: id, severity, offset, path, message, ...(hint === undefined ? {} : { hint }) });
    };
  }

  add(item: Item): void {
    if (item.kind === "gap") return;
    if (item.image !== this.image) this.startImage(item.image);
    if (item.kind === "unknown") return;
    const { name } = item;
    const judges = this.wanting.get(name) ?? this.judgesFor(item);
    for (const judge of judges) judge.add(item as CrItem);
  }

  /** The walk found no image: what it threw. */
  noImage(error: CrimgError): void {
    const { offset = 0, reason } = error;
    this.say("not-an-image", { offset, path: "gap" }, reason);
  }

  private startImage(image: ImageStart): void {
    this.image = image;
    this.judges = judgesOf(this.say);
    this.wanting.clear();
  }

  private judgesFor({ kind, name }: RecordItem | RawItem): readonly Judge[] {
    const isWanted = ({ wants }: Judge) =>
      wants === undefined ? kind === "record" : (wants as readonly string[]).includes(name);
    const judges = this.judges.filter(isWanted);
    this.wanting.set(name, judges);
    return judges;
  }
}
