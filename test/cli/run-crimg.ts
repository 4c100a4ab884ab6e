import { spawnCrimg } from "../process/spawn-crimg.js";
import { projectRoot } from "../project-root.js";
import { runWarm, type WarmRun } from "./warm-pool.js";

/** What crimg printed, and how it ended. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** As those of a process; without `cwd` it is the project root. */
export type RunOptions = Partial<Omit<WarmRun, "args">>;

/** True if commands are run in processes of their own: a warm one could hide what only a start shows. */
export const spawns = process.env["CRIMG_SPAWN"] === "1";

/** Runs crimg in a process that is warm already: 7 ms instead of 130. `spawnCrimg` is for what only a start shows. */
export async function runCrimg(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { terminal, limit: _, ...rest } = options;
  if (!spawns) return runWarm({ cwd: projectRoot, env: {}, ...options, args });
  if (terminal !== undefined) throw new Error("only a warm process can be made to see a terminal");
  const { extra: __, ...ran } = await spawnCrimg(args, rest);
  return ran;
}

/** Runs crimg with each of these lists of arguments. */
export async function runEach(commands: readonly (readonly string[])[]): Promise<Ran[]> {
  const runs: Ran[] = [];
  for (const args of commands) runs.push(await runCrimg(args));
  return runs;
}
