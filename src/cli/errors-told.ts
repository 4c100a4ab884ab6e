import { CrimgError } from "../errors.js";
import type { Finding } from "../finding.js";
import { withLabel } from "./arguments.js";

/** Errors of an image that are told one by one; more are only counted. */
const TOLD = 20;

/** Gathers what is wrong with an image, to be told when the work is done. */
export class ErrorsTold {
  count = 0;
  private readonly first: Finding[] = [];

  readonly add = (finding: Finding, isDamage: boolean): void => {
    if (!isDamage) return;
    this.count++;
    if (this.first.length < TOLD) this.first.push(finding);
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

/** Does something with an input. An error of ours gets the name of the input before it. */
export async function about<T>(label: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof CrimgError ? new CrimgError(error.code, withLabel(label, error)) : error;
  }
}
