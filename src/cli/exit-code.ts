import type { ErrorCode } from "../errors.js";

/** What the exit codes of every command mean. */
export const ExitCode = { good: 0, findings: 1, usage: 2, io: 3, bug: 70 } as const;

const meanings: Readonly<Record<keyof typeof ExitCode, string>> = {
  good: "good",
  findings: "the image has errors, or cannot be read as an image",
  usage: "wrong usage",
  io: "a file cannot be read or written",
  bug: "a bug in crimg",
};

/** Each exit code, and what it says. */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = Object.entries(meanings).map(
  ([name, meaning]) => [ExitCode[name as keyof typeof ExitCode], meaning],
);

export const EXIT_CODES_TEXT = `Exit codes:\n${exitCodes
  .map(([code, meaning]) => `  ${String(code).padEnd(2)}  ${meaning}`)
  .join("\n")}`;

/** The exit code for an error of ours. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === "usage") return ExitCode.usage;
  return code === "io" ? ExitCode.io : ExitCode.findings;
}
