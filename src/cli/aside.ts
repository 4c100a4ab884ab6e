import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeIfInterrupted } from "./interruption.js";

/** A folder for what is not finished yet. */
export interface Aside {
  readonly path: string;
  remove(): void;
}

/** Makes a folder in this one, which goes when it is removed, and also if the run is interrupted. */
export function asideIn(folder: string): Aside {
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
