import type { Summary } from "../model/summary.js";
import type { ImageStart } from "../stream/item.js";

/** Characters of lines that are held back: what a dump of a thousand areas prints. */
const HELD_MOST = 1024 * 1024;

interface Part {
  /** Undefined for what stands before the first image. */
  readonly image: ImageStart | undefined;
  readonly lines: string[];
}

/**
 * Prints the lines of each image below its summary, which is known when the image has been read. Lines are held back
 * until then; if there are too many the input is read once more for the summaries alone.
 */
export class BelowSummaries {
  /** Undefined once the summaries are known. */
  private held: Part[] | undefined = [{ image: undefined, lines: [] }];
  private length = 0;
  private summaries: readonly Summary[] = [];

  constructor(
    private readonly print: (line: string) => void,
    /** Prints a summary. */
    private readonly head: (summary: Summary) => void,
  ) {}

  /** True while it waits for the summaries. */
  get waits(): boolean {
    return this.held !== undefined;
  }

  line(text: string): void {
    if (this.held === undefined) {
      this.print(text);
      return;
    }
    this.held.at(-1)!.lines.push(text);
    this.length += text.length;
  }

  /** True if so much is held back that the summaries should be found out by themselves. */
  get isFull(): boolean {
    return this.held !== undefined && this.length > HELD_MOST;
  }

  /** What comes now is of this image. */
  start(image: ImageStart): void {
    if (this.held === undefined) this.printSummary(image);
    else this.held.push({ image, lines: [] });
  }

  /** All images have been read. */
  release(summaries: readonly Summary[]): void {
    const held = this.held ?? [];
    this.held = undefined;
    this.summaries = summaries;
    for (const { image, lines } of held) {
      if (image !== undefined) this.printSummary(image);
      for (const line of lines) this.print(line);
    }
  }

  private printSummary({ index }: ImageStart): void {
    const summary = this.summaries.find(({ image }) => image.index === index);
    if (summary !== undefined) this.head(summary);
  }
}
