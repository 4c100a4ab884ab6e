import type { RestartModel, RestartOptions, Verdict } from "../formats/verify-facet.js";
import type { Asking } from "../source/drive.js";
import { Window } from "../source/window.js";

/** A restart that goes along with a walk of the same file: what the walk has at hand is not read again. */
export class RestartRun {
  private readonly window: Window;
  private readonly run: Asking<never, Verdict>;
  private verdict: Verdict | undefined;

  constructor(model: RestartModel, series: string, size: number | undefined, options: RestartOptions) {
    this.window = new Window(size);
    this.run = model.run(series, this.window, options);
    this.step();
  }

  /** Goes on as far as the bytes in the window of the walk allow. */
  follow(walked: Window): void {
    while (this.verdict === undefined && this.window.adopt(walked)) this.step();
  }

  /** Reads the rest by itself: all of it, if it was begun when the walk was far ahead. */
  *finish(): Asking<never, Verdict> {
    while (this.verdict === undefined) {
      yield this.window;
      this.step();
    }
    return this.verdict;
  }

  private step(): void {
    const { done, value } = this.run.next();
    if (done) this.verdict = value;
  }
}
