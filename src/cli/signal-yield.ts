/** Bytes read or written between two turns for signals. */
const YIELD_EVERY = 64 * 1024 * 1024;

/** Takes how many bytes were read or written. If it gives a promise, it is time for signals: wait for it. */
export type SignalYield = (length: number) => Promise<void> | undefined;

/**
 * Lets node handle signals now and then. Nothing in a long run waits for anything, so without this they would be handled
 * at its end.
 */
export function signalYield(): SignalYield {
  let since = 0;
  return length => {
    since += length;
    if (since < YIELD_EVERY) return undefined;
    since = 0;
    return new Promise(setImmediate);
  };
}
