/** What adding a number found. */
export type Added = "new" | "known" | "beyond";

const WORD = 32;

/** A set of whole numbers from 0 up to a limit, at one bit each. Grows with the largest number in it. */
export class NumberSet {
  private words = new Uint32Array(0);

  constructor(private readonly limit: number) {}

  /** `beyond` if the number is not below the limit, or negative: then it is not remembered. */
  add(number: number): Added {
    if (number < 0 || number >= this.limit) return "beyond";
    const at = Math.floor(number / WORD);
    if (at >= this.words.length) this.grow(at + 1);
    const bit = 1 << (number % WORD);
    if ((this.words[at]! & bit) !== 0) return "known";
    this.words[at]! |= bit;
    return "new";
  }

  has(number: number): boolean {
    return ((this.words[Math.floor(number / WORD)] ?? 0) & (1 << (number % WORD))) !== 0;
  }

  clear(): void {
    this.words = new Uint32Array(0);
  }

  private grow(needed: number): void {
    const larger = new Uint32Array(Math.max(needed, 2 * this.words.length));
    larger.set(this.words);
    this.words = larger;
  }
}
