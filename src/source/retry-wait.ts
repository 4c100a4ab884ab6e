/** Milliseconds of the first wait, and of the longest. */
const FIRST = 0.05;
const LONGEST = 5;

/** Waits before a pipe that is not ready is tried again: a moment at first, longer if that was not enough. */
export class RetryWait {
  private readonly cell = new Int32Array(new SharedArrayBuffer(4));
  private length = FIRST;

  wait(): void {
    Atomics.wait(this.cell, 0, 0, this.length);
    this.length = Math.min(2 * this.length, LONGEST);
  }

  /** It was ready: the next wait is a first one. */
  reset(): void {
    this.length = FIRST;
  }
}
