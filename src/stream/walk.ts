import { CrimgError } from "../errors.js";
import { type Finding, findingOf, rule } from "../finding.js";
import type { Window } from "../source/window.js";
import type { Dialect } from "./dialect.js";
import { type Found, HeadSearch } from "./head-search.js";
import type { ImageStart, Item } from "./item.js";
import { LOOKAHEAD } from "./limits.js";
import { Opening } from "./opening.js";
import type { Reader, SayOfBytes, StreamFormat } from "./stream-format.js";

/** How to walk. */
export interface WalkOptions {
  /** Begin here, at an image's head; what stands before is not looked at. Default: search from the start of the file. */
  readonly at?: number;
  /** Yield only this image of the file, counted from 0. Default: all, and what stands around them. */
  readonly image?: number;
  /** Take the image for this dialect, whatever its bytes say. */
  readonly dialect?: Dialect;
  /** Have at least this many bytes of page contents at hand when their item is yielded. Default 0: they are not read. */
  readonly preview?: number;
  /**
   * Told what is wrong or odd, before the item that it stands at is yielded. `isDamage`: the bytes stand against the
   * format, so that what is read may not be what was written.
   */
  readonly onFinding?: (finding: Finding, isDamage: boolean) => void;
}

export const uncertainDialect = rule("dialect", {
  group: "structure",
  severity: "warning",
  title: "The dialect is not certain",
  why: "What tells it from others is damaged or missing, so all else here may be read the wrong way.",
  source: "the probe of the format",
});
export const bytesBefore = rule("bytes-before", {
  group: "structure",
  severity: "warning",
  title: "Bytes before the first image",
  why: "A reader that begins at the start of the file finds no head.",
  source: "src/stream/walk.ts",
});
export const bytesAfter = rule("bytes-after", {
  group: "structure",
  severity: "note",
  title: "Bytes after an image",
  why: "No reader looks at what follows the end of an image.",
  source: "src/stream/walk.ts",
});
export const walkRules = [uncertainDialect, bytesBefore, bytesAfter];

const AGAIN = Symbol("again");
type Step = Item | Window | typeof AGAIN | undefined;

/**
 * The one pass over a file: finds the images, of whatever format, and lets each be read by its own reader. It does no
 * I/O: `next` yields an item, or its window when that lacks bytes, and can be called again once they are there. Damage
 * never makes it throw: it yields what it can, says what is wrong, and goes on with what the bytes say. Every item moves
 * it forward, and nothing about the walk depends on how its bytes arrive.
 */
export class Walk {
  /** Images met so far. */
  images = 0;
  /** Everything before is yielded. */
  private offset: number;
  /** The place that is looked at, and whether what comes behind it is being searched. */
  private searched: number;
  private isSearching = false;
  private isDone = false;
  private reader: Reader | undefined;
  private image: ImageStart | undefined;
  private readonly heads: HeadSearch;
  /** First bytes of a stretch that the window leaves behind before it is yielded. */
  private readonly opening: Opening;

  constructor(
    private readonly window: Window,
    private readonly formats: readonly StreamFormat[],
    private readonly options: WalkOptions = {},
  ) {
    this.offset = options.at ?? 0;
    this.searched = this.offset;
    this.heads = new HeadSearch(window, formats);
    this.opening = new Opening(window);
  }

  /** The next item, the window, or undefined at the end. Throws only if there is no image, or not the one asked for. */
  next(): Item | Window | undefined {
    const { image } = this.options;
    for (;;) {
      const step = this.reader === undefined ? this.seek() : this.read(this.reader);
      if (step === AGAIN) continue;
      // Of the images before the wanted one nothing is passed on; there is no gap where one is wanted.
      if (image === undefined || step === undefined || step === this.window) return step;
      const item = step as Item;
      if (item.kind !== "gap" && item.image.index === image) return item;
    }
  }

  private read(reader: Reader): Step {
    const step = reader.next();
    if (step !== undefined) return step;
    this.reader = undefined;
    this.offset = reader.offset;
    this.searched = this.offset;
    return AGAIN;
  }

  /** Between images: looks for the next head. */
  private seek(): Step {
    if (this.isDone) return undefined;
    if (this.isSearching) return this.search();
    const { window, options, searched: at } = this;
    if (options.image !== undefined && this.images > options.image) {
      this.isDone = true;
      return undefined;
    }
    if (!window.holds(at, this.heads.span)) return this.need(at, this.heads.span);
    this.opening.keep(this.offset);
    if (window.available(at) === 0) return this.finish(Math.min(at, window.end!));

    const found = this.heads.look(at);
    if ("want" in found) return found;
    const { guess } = found;
    if (guess.kind === "yes" || this.isForced(at)) {
      if (at > this.offset) return this.gap(at);
      return this.begin(found);
    }
    if (this.images === 0 && (guess.kind === "kin" || options.at !== undefined)) {
      throw new CrimgError("not-an-image", guess.why, { offset: at });
    }
    this.isSearching = true;
    return AGAIN;
  }

  private search(): Step {
    const next = this.heads.next(this.searched);
    if (typeof next === "object") return next;
    this.isSearching = false;
    if (next === undefined) return this.finish(this.window.end!);
    this.searched = next;
    return AGAIN;
  }

  /** With a dialect given, something that is a head by its record type alone will do; with a place given, anything. */
  private isForced(at: number): boolean {
    const { options, window } = this;
    const { dialect } = options;
    if (dialect === undefined || this.images > 0) return false;
    if (options.at !== undefined) return true;
    const { header } = dialect.framing;
    if (window.available(at) < header.size) return false;
    const { type } = header.at(dialect.abi).decode(window.view, at - window.start, header.size);
    return type === dialect.types[dialect.begins];
  }

  private begin({ format: likely, guess }: Found): Step {
    const { options, offset, window } = this;
    const index = this.images++;
    const { dialect: forced } = options;
    const known = guess as Extract<Found["guess"], { kind: "yes" }>;
    const dialect = forced ?? known.dialect;
    const format = forced === undefined ? likely : this.formatOf(forced, likely);
    const abi = forced === undefined ? known.abi : forced.abi;
    const image = {
      index,
      offset,
      format,
      dialect,
      abi,
      why: forced ? "asked for" : guess.why,
    };
    this.image = image;
    this.reader = format.reader(image, {
      window,
      heads: this.heads,
      preview: options.preview ?? 0,
      say: this.say,
    });
    // What is wrong with the head of an image that was forced open is said when its record is read.
    if (guess.kind === "yes" && !guess.sure && forced === undefined) {
      const path = `${prefixOf(image)}${dialect.begins.toLowerCase()}`;
      this.say(uncertainDialect, `taken for ${dialect.name}: ${guess.why}`, offset, path, true);
    }
    return AGAIN;
  }

  /** The format of a dialect, which may be one that somebody made of another (`Dialect.next`). */
  private formatOf({ framing }: Dialect, likely: StreamFormat): StreamFormat {
    return this.formats.find(({ dialects }) => dialects.some(known => known.framing === framing)) ?? likely;
  }

  private gap(end: number): Item {
    const { offset } = this;
    const length = end - offset;
    const { image } = this;
    if (image === undefined) this.sayOutside(bytesBefore, `${length} bytes before the first image`, offset);
    else {
      const last = image.dialect.ends.join(" or ");
      this.sayOutside(bytesAfter, `${length} bytes after an image's ${last}`, offset);
    }
    this.offset = end;
    return { kind: "gap", offset, length, path: "gap", bytes: this.opening.bytes(offset, length) };
  }

  private finish(end: number): Step {
    this.isDone = true;
    const { at = 0, image } = this.options;
    if (this.images === 0) {
      const why =
        end === 0
          ? "the input is empty"
          : end <= at
            ? `the input has only ${end} bytes`
            : this.heads.guess(this.opening.bytes(this.offset, LOOKAHEAD)).guess.why;
      throw new CrimgError("not-an-image", `not a checkpoint image: ${why}`, { offset: Math.min(at, end) });
    }
    if (image !== undefined && image >= this.images) {
      throw new CrimgError(
        "usage",
        `there is no image ${image}: the input holds ${this.images}, counted from 0`,
      );
    }
    return end > this.offset ? this.gap(end) : undefined;
  }

  private need(at: number, length: number): Window {
    this.window.want(at, length);
    return this.window;
  }

  /** Of other images than the wanted one nothing is said. */
  private readonly say: SayOfBytes = (what, message, offset, path, isDamage, hint) => {
    const { image, onFinding } = this.options;
    if (onFinding === undefined || (image !== undefined && this.image?.index !== image)) return;
    onFinding(findingOf(what, { offset, path }, message, hint), isDamage);
  };

  private sayOutside(what: typeof bytesBefore, message: string, offset: number): void {
    const { image, onFinding } = this.options;
    if (onFinding === undefined || image !== undefined) return;
    // By itself a verdict is for a restart from the start of the file.
    const hint = what === bytesBefore ? "crimg verify --image 0" : undefined;
    onFinding(findingOf(what, { offset, path: "gap" }, message, hint), false);
  }
}

/** What the paths of an image begin with: empty, or `image[1].` */
export function prefixOf({ index }: Pick<ImageStart, "index">): string {
  return index === 0 ? "" : `image[${index}].`;
}
