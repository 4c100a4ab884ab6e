import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeIfInterrupted } from "./output.js";

/** A folder for what is not finished yet. */
export interface Aside {
  readonly path: string;
  remove(): void;
}

/** Folders made so far: a run may have several. */
let made = 0;

/** Makes a folder in this one, which goes when it is removed, and also if the run is interrupted. */
export function asideIn(folder: string): Aside {
  const path = join(folder, `.crimg-${process.pid}-${made++}`);
  const forget = removeIfInterrupted(path);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    forget();
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
