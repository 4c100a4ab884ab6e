import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The project root: what `samples/...` in a command is relative to. */
export const projectRoot = fileURLToPath(new URL("../../", import.meta.url));
/** The command as it is installed: the built bundle. */
export const crimgPath = fileURLToPath(new URL("../../bin/crimg.js", import.meta.url));

/** What a process left behind. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  /** What it wrote to descriptor 3. */
  readonly extra: string;
}

export interface RunOptions {
  /** Sent to its stdin through a pipe; without it stdin is empty. */
  readonly input?: Uint8Array;
  /** Set on top of an environment that says nothing about colours. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of node itself. */
  readonly nodeArguments?: readonly string[];
  /** Close stdout after its first bytes, as `head` does. */
  readonly closeEarly?: boolean;
}

/** Runs crimg in the project root. */
export function runCrimg(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return runProcess(process.execPath, [...(options.nodeArguments ?? []), crimgPath, ...args], options);
}

/** Runs any command in the project root. */
export function runProcess(
  command: string,
  args: readonly string[],
  { input, env = {}, closeEarly = false }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectRoot,
      env: { ...colourless(), ...env },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    const heard = { stdout: "", stderr: "", extra: "" };
    const listen = (name: keyof typeof heard, stream: NodeJS.ReadableStream) => {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        heard[name] += text;
        if (closeEarly && name === "stdout") child.stdout.destroy();
      });
    };
    listen("stdout", child.stdout);
    listen("stderr", child.stderr);
    listen("extra", child.stdio[3] as NodeJS.ReadableStream);
    // A command that does not read its stdin leaves us with a broken pipe, which is its right.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", status => resolve({ ...heard, status }));
  });
}

/** The test runner sets colour variables of its own. */
function colourless(): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, NODE_OPTIONS: ___, ...env } = process.env;
  return env;
}
