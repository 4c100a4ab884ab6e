/** Bytes after which signals are looked at. */
const PATIENCE = 64 * 1024 * 1024;

/** To be told how many bytes have been read or written, and waited for if it wants to be. */
export type Patience = (length: number) => Promise<void> | undefined;

/** Lets signals be heard, now and then: nothing in a long run waits for anything, so they never would be. */
export function patience(): Patience {
  let since = 0;
  return length => {
    since += length;
    if (since < PATIENCE) return undefined;
    since = 0;
    return new Promise(setImmediate);
  };
}
