import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeIfInterrupted } from "./interruption.js";

/** A temporary folder, for what is not finished yet. */
export interface TempFolder {
  readonly path: string;
  remove(): void;
}

/** Makes a temporary folder inside `folder`. It is also removed if the run is interrupted. */
export function makeTempFolder(folder: string): TempFolder {
  // A run may have several, and one that was killed may have left some.
  for (let count = process.pid; ; count++) {
    const path = join(folder, `.crimg-${count}`);
    const forget = removeIfInterrupted(path);
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      forget();
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    return {
      path,
      remove() {
        rmSync(path, { recursive: true, force: true });
        forget();
      },
    };
  }
}
