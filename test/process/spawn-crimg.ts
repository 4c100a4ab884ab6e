import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { crimgPath, projectRoot } from "../project-root.js";

/** What a process left behind. */
export interface Spawned {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  /** What it wrote to descriptor 3. */
  readonly extra: string;
}

export interface SpawnOptions {
  /** Where it runs. Default: the project root. */
  readonly cwd?: string;
  /** Sent to its stdin through a pipe; without it, and without `stdin`, the pipe is empty. */
  readonly input?: Uint8Array;
  /** A file that is its stdin. */
  readonly stdin?: string;
  /** Set on top of an environment that says nothing about colours. */
  readonly env?: Readonly<Record<string, string>>;
  /** Close stdout after its first bytes, as `head` does. */
  readonly closeEarly?: boolean;
}

export interface SpawnCrimgOptions extends SpawnOptions {
  /** Arguments of node itself. */
  readonly nodeArguments?: readonly string[];
  /** A command that runs crimg for us, such as nice. */
  readonly behind?: readonly string[];
}

/** Runs crimg in a process of its own. */
export function spawnCrimg(
  args: readonly string[],
  { behind = [], nodeArguments = [], ...options }: SpawnCrimgOptions = {},
): Promise<Spawned> {
  const [command, ...rest] = [...behind, process.execPath, ...nodeArguments, crimgPath, ...args];
  return spawnProcess(command!, rest, options);
}

/** Runs any command. */
export function spawnProcess(
  command: string,
  args: readonly string[],
  { cwd = projectRoot, input, stdin, env = {}, closeEarly = false }: SpawnOptions = {},
): Promise<Spawned> {
  return new Promise((done, reject) => {
    const fd = stdin === undefined ? "pipe" : openSync(resolve(cwd, stdin), "r");
    const child = spawn(command, args, {
      cwd,
      env: { ...colourless(), ...env },
      stdio: [fd, "pipe", "pipe", "pipe"],
    });
    if (fd !== "pipe") closeSync(fd);
    const heard = { stdout: "", stderr: "", extra: "" };
    const listen = (name: keyof typeof heard, stream: NodeJS.ReadableStream) => {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        heard[name] += text;
        if (closeEarly && name === "stdout") child.stdout!.destroy();
      });
    };
    listen("stdout", child.stdout!);
    listen("stderr", child.stderr!);
    listen("extra", child.stdio[3] as NodeJS.ReadableStream);
    // A command that does not read its stdin leaves us with a broken pipe, which is its right.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    child.on("error", reject);
    child.on("close", status => done({ ...heard, status }));
  });
}

/** The environment without what the test runner says about colours. */
export function colourless(): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, NODE_OPTIONS: ___, ...env } = process.env;
  return env;
}
