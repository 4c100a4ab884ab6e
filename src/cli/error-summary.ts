import type { Finding } from "../finding.js";

/** Errors of an image that are shown one by one; more are only counted. */
const ERRORS_SHOWN = 20;

/** Gathers what is wrong with an image, to be shown when the work is done. */
export class ErrorSummary {
  count = 0;
  private readonly first: Finding[] = [];

  readonly add = (finding: Finding, isDamage: boolean): void => {
    if (!isDamage) return;
    this.count++;
    if (this.first.length < ERRORS_SHOWN) this.first.push(finding);
  };

  /** A line for each of the first, and how many there are more. */
  lines(label: string): string[] {
    const more = this.count - this.first.length;
    return [
      ...this.first.map(
        ({ message, path, offset }) => `${label}: ${message} (${path} at 0x${offset.toString(16)})`,
      ),
      ...(more > 0 ? [`${label}: and ${more} more`] : []),
    ];
  }
}
