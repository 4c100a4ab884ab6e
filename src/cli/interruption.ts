import { rmSync } from "node:fs";

const unfinished = new Set<string>();
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Has a temporary file or folder removed if the run is interrupted; the result takes that back. To be called before it
 * is made: until then a signal just ends the process.
 */
export function removeIfInterrupted(path: string): () => void {
  if (unfinished.size === 0) for (const name of Object.keys(signals)) process.on(name, removeAndExit);
  unfinished.add(path);
  return () => {
    unfinished.delete(path);
    if (unfinished.size === 0) for (const name of Object.keys(signals)) process.off(name, removeAndExit);
  };
}

function removeAndExit(signal: keyof typeof signals): never {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
  process.exit(signals[signal]);
}
