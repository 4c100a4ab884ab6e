import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import type { Workplace } from "../cli/workplace.js";
import { crimgPath } from "../project-root.js";

export interface Interruption {
  readonly signal: NodeJS.Signals;
  /** Says when, also from what it has said on stderr: asked again and again while crimg runs. */
  when(stderr: string): boolean;
  /** Sent to its stdin, which stays open after it. */
  readonly input?: Uint8Array;
}

/** How a run ended: with a status, or by a signal. */
export interface Interrupted {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Seconds after which a run that does not end is killed. No test waits for them, unless it fails. */
const LONGEST_RUN = 15;

/** Runs crimg in a workplace, and sends it a signal in the middle. */
export async function interruptCrimg(
  { folder }: Workplace,
  args: readonly string[],
  { signal, when, input = new Uint8Array(0) }: Interruption,
): Promise<Interrupted> {
  const child = spawn(process.execPath, [crimgPath, ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["pipe", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Interrupted>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, by) => resolve({ status, signal: by, stderr }));
  });
  child.stdin.on("error", () => {});
  child.stdin.write(input);
  while (child.exitCode === null && child.signalCode === null && !when(stderr)) await setTimeout(5);
  child.kill(signal);
  const given = new AbortController();
  const tooLong = setTimeout(LONGEST_RUN * 1000, undefined, { signal: given.signal }).then(
    () => child.kill("SIGKILL"),
    () => {},
  );
  const result = await ended;
  given.abort();
  await tooLong;
  child.stdin.destroy();
  return result;
}
