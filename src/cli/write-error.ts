import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { CrimgError } from "../errors.js";
import { systemReason } from "../source/system-reason.js";

/** Does something that makes a file. What the system says against it is an error of ours. */
export function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw writeError(path, error);
  }
}

/** `io`, for a file that could not be written. */
export function writeError(path: string, error: unknown): CrimgError {
  // In some folders, those of /proc, nothing can be made.
  const missing = existsSync(dirname(path)) ? "no file can be made there" : "no such folder";
  const words = { ENOENT: missing, ENOTDIR: "no such folder" };
  return new CrimgError("io", `${path}: cannot write: ${systemReason(error, words)}`);
}
