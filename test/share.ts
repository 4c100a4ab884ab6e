/**
 * Many tests try one statement on hundreds of inputs of a kind. `npm test` takes a share of them, the same in every
 * run, for somebody waits for it; the gate takes them all.
 */
export const takesAll = process.env["CRIMG_ALL"] === "1";

/**
 * One in `many`, from the first on. Where the cases are a table row by row, or the bytes of fields, a `many` that has
 * no divisor in common with the length of a row meets every column.
 */
export function oneIn<T>(many: number, cases: readonly T[]): readonly T[] {
  return takesAll ? cases : cases.filter((_, index) => index % many === 0);
}

/** One in `many` of so many runs or places. */
export function shareOf(count: number, many: number): number {
  return takesAll ? count : Math.ceil(count / many);
}
