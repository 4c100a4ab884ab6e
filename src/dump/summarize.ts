import { evidenceOf, type Format, formatOf } from "../formats/format.js";
import { Summarizer, type Summary } from "../model/summary.js";
import type { Asking } from "../source/drive.js";
import { Window } from "../source/window.js";
import type { ImageStart, Item } from "../stream/item.js";
import { itemsOf } from "../stream/items.js";
import type { WalkOptions } from "../stream/walk.js";

/** The summary of every image in an input. */
export function* summarizing(
  size: number | undefined,
  formats: readonly Format[],
  options: WalkOptions = {},
): Asking<never, Summary[]> {
  const summaries = new Summaries();
  for (const step of itemsOf(size, formats, options)) {
    if (step instanceof Window) yield step;
    else summaries.add(step);
  }
  return summaries.all;
}

/** Summaries of all images that items come from. */
export class Summaries {
  private readonly parts: Summarizer[] = [];
  private current: ImageStart | undefined;

  add(item: Item): void {
    if (item.kind === "gap") return;
    if (item.image !== this.current) {
      const { image } = item;
      this.current = image;
      this.parts.push(new Summarizer(image, formatOf(image).facts(image), evidenceOf(image)));
    }
    this.parts.at(-1)!.add(item);
  }

  /** To be asked for once, when all items have come. */
  get all(): Summary[] {
    return this.parts.map(part => part.summary());
  }
}
