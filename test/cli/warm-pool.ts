import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { colourless } from "../process/spawn-crimg.js";

/** What a process that was started for it would be given. */
export interface WarmRun {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Set on top of an environment that says nothing about colours. */
  readonly env: Readonly<Record<string, string>>;
  /** Comes through a pipe, which is its stdin; without it, and without `stdin`, the pipe is empty. */
  readonly input?: Uint8Array;
  /** A file that is its stdin. */
  readonly stdin?: string;
  /** Stdout and stderr seem to be a terminal of this width; what is written there is caught all the same. */
  readonly terminal?: { readonly columns: number };
  /** Seconds that it may take. Default: 30. The longest takes two where nothing else is done. */
  readonly limit?: number;
}

/** What a run printed, and its exit code. */
export interface WarmResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

const script = fileURLToPath(new URL("warm-process.js", import.meta.url));

interface WarmProcess {
  run(given: WarmRun): Promise<WarmResult>;
  /** Ends it at once. */
  kill(): void;
}

/** What a warm process tells: that it wants the input, or how a run ended, and what was there after it and not before. */
type Told = { readonly wants: "input" } | { readonly status: number; readonly left: readonly string[] };

/** One process for each thread of the test runner, for all its files: both cores are busy then. */
let warm: Promise<WarmProcess> | undefined;
let lastRun: Promise<unknown> = Promise.resolve();

/**
 * Runs crimg in a process that has run it before, one command after the other. Rejects if a run takes the process with
 * it, does not end, or leaves something behind that the next would find; the next gets a new process then.
 */
export function runWarm(given: WarmRun): Promise<WarmResult> {
  const run = lastRun.then(async () => {
    warm ??= startWarm();
    const current = await warm;
    try {
      return await current.run(given);
    } catch (error) {
      warm = undefined;
      current.kill();
      throw error;
    }
  });
  lastRun = run.catch(() => {});
  return run;
}

async function startWarm(): Promise<WarmProcess> {
  const folder = mkdtempSync(join(tmpdir(), "crimg-warm-"));
  const path = (name: string) => join(folder, name);
  spawnSync("mkfifo", [path("stdin")]);
  const outputs = [openSync(path("stdout"), "w"), openSync(path("stderr"), "w")] as const;
  const child = fork(script, [folder], {
    env: colourless(),
    execArgv: [],
    stdio: ["ignore", ...outputs, "ipc"],
  });
  for (const fd of outputs) closeSync(fd);
  const printed = () => ({
    stdout: readFileSync(path("stdout"), "utf8"),
    stderr: readFileSync(path("stderr"), "utf8"),
  });
  return {
    async run(given) {
      const { input, limit = 30, ...rest } = given;
      const fed: Promise<void>[] = [];
      try {
        const { status, left } = await answer(child, { ...rest, hasInput: input !== undefined }, limit, () =>
          fed.push(feed(path("stdin"), input!, () => child.send("opened"))),
        );
        if (left.length > 0) throw new Error(`it left something behind: ${left.join(", ")}`);
        await Promise.all(fed);
        return { ...printed(), status };
      } catch (error) {
        const { stdout, stderr } = printed();
        const what = `crimg ${given.args.join(" ")}: ${(error as Error).message}`;
        throw new Error(`${what}\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`);
      }
    },
    kill() {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Has the process run something, and waits for the end of it. */
function answer(
  child: ChildProcess,
  given: object,
  seconds: number,
  wantsInput: () => void,
): Promise<Exclude<Told, { wants: "input" }>> {
  return new Promise((resolve, reject) => {
    const listen = (told: Told) => {
      if ("wants" in told) return wantsInput();
      forget();
      resolve(told);
    };
    const ended = (status: number | null, signal: string | null) => {
      forget();
      reject(new Error(`it took the warm process with it: ${signal ?? `status ${status}`}`));
    };
    const limit = setTimeout(() => {
      forget();
      reject(new Error(`it does not end in ${seconds} s`));
    }, seconds * 1000);
    const forget = () => {
      clearTimeout(limit);
      child.off("message", listen);
      child.off("exit", ended);
    };
    child.on("message", listen);
    child.on("exit", ended);
    child.send(given);
  });
}

/** Writes to a pipe that is being read. A command that does not read all of it leaves us with a broken one, as it may. */
async function feed(pipe: string, input: Uint8Array, opened: () => void): Promise<void> {
  const file = await open(pipe, "w");
  opened();
  try {
    await file.writeFile(input);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  } finally {
    await file.close();
  }
}
