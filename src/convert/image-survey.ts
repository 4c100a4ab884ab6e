import { CrimgError } from "../errors.js";
import type { Finding } from "../finding.js";
import type { DialectEdge, Surveyor } from "../formats/convert-facet.js";
import type { Dialect } from "../stream/dialect.js";
import type { ImageStart, Item } from "../stream/item.js";
import { cutOff } from "../stream/record-reader.js";
import { uncertainDialect } from "../stream/walk.js";

/** The first pass over an image: where it is damaged, and what its format has to know before anything is written. */
export class ImageSurvey {
  /** False if not even the head is whole. */
  hasHead = false;
  /** The first thing that is wrong with the image. */
  damage: Finding | undefined;
  /** Where what is whole ends. */
  private soundEnd: number | undefined;
  private lastRecord: { readonly name: string; readonly path: string; readonly offset: number } | undefined;

  constructor(
    readonly image: ImageStart,
    /** How it gets to the target. */
    readonly route: readonly DialectEdge[],
    readonly surveyor: Surveyor<unknown>,
  ) {}

  finding(finding: Finding, isDamage: boolean): void {
    if (!isDamage || (this.damage !== undefined && this.damage.rule !== uncertainDialect.id)) return;
    this.damage = finding;
    // Of an image that is cut before it tells its dialect, what there is can be kept all the same.
    if (finding.rule === uncertainDialect.id) return;
    // A record whose blocks are cut would announce what is not there.
    const owner = this.lastRecord;
    const isInBlock =
      owner !== undefined && finding.path.startsWith(`${owner.path}.`) && finding.rule === cutOff.id;
    this.soundEnd =
      isInBlock && isBlockOf(this.image.dialect, owner.name, finding.path) ? owner.offset : finding.offset;
  }

  see(item: Item): void {
    if (item.offset >= this.end) return;
    if (item.kind === "record") {
      const { name, path, offset } = item;
      // Not the item, which would keep the bytes that were read.
      this.lastRecord = { name, path, offset };
      this.hasHead ||= name === this.image.dialect.begins;
    }
    this.surveyor.see(item);
  }

  /** Offset from which on nothing of the image is used. */
  get end(): number {
    return this.soundEnd ?? Number.POSITIVE_INFINITY;
  }

  /** Throws if the image is damaged, unless what is whole of it will do (`partial`) and there is some. */
  refuseDamage(partial: boolean): void {
    const { damage, hasHead } = this;
    if (damage === undefined || (partial && hasHead)) return;
    const { rule, message, offset, path } = damage;
    const hint = hasHead ? ", but --partial keeps what is whole" : "";
    throw new CrimgError(
      rule === cutOff.id ? "truncated" : "malformed",
      `${message}; a damaged image cannot be converted${hint}`,
      { offset, path },
    );
  }
}

function isBlockOf(dialect: Dialect, owner: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf(".") + 1);
  const blocks = dialect.byName(owner)?.raw ?? [];
  return blocks.some(block => block.name === name);
}
