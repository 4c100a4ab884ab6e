import type { ErrorCode } from "../errors.js";

/** What the exit codes of every command mean. */
export const ExitCode = { good: 0, findings: 1, usage: 2, io: 3, bug: 70 } as const;

export const EXIT_CODES_TEXT = `Exit codes:
  0   good
  1   the image has errors, or cannot be read as an image
  2   wrong usage
  3   a file cannot be read or written
  70  a bug in crimg`;

/** The exit code for an error of ours. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === "usage") return ExitCode.usage;
  return code === "io" ? ExitCode.io : ExitCode.findings;
}
