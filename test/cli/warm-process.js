// A process of the warm pool: it has the built command loaded, and runs it again and again, as `warm-pool.ts` says. Its
// standard descriptors are opened anew for each run, so that what crimg reads and writes is as real as in a process of its
// own.
import { closeSync, constants, createReadStream, fstatSync, openSync, readdirSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import tty from "node:tty";
import { main } from "../../dist/bin/main.js";

const [folder] = process.argv.slice(2);
const [STDIN, STDOUT, STDERR] = [0, 1, 2];
const pipe = join(folder, "stdin");

/** Has the descriptor lead somewhere else. The system gives out the lowest number that is free. */
function reopen(fd, path, flags) {
  closeSync(fd);
  const got = openSync(path, flags);
  if (got !== fd) throw new Error(`descriptor ${fd} was taken by something else: ${path} became ${got}`);
}

/** Stdin becomes a pipe; what the pool writes to it follows, or nothing. */
async function openPipe(hasInput) {
  // Without one who could write to it, opening it to read would wait.
  const keeper = openSync(pipe, constants.O_RDWR);
  reopen(STDIN, pipe, constants.O_RDONLY);
  if (hasInput) await told("opened", () => process.send({ wants: "input" }));
  closeSync(keeper);
}

/** Waits for a word of the pool that answers ours. */
function told(word, ask) {
  return new Promise(resolve => {
    const listen = message => {
      if (message !== word) return;
      process.off("message", listen);
      resolve();
    };
    process.on("message", listen);
    ask();
  });
}

/** `process.stdin`, which node makes once for what descriptor 0 is at first, for what it is in this run. */
function freshStdin() {
  let stream;
  Object.defineProperty(process, "stdin", {
    configurable: true,
    enumerable: true,
    get() {
      const isPipe = fstatSync(STDIN).isFIFO();
      stream ??= isPipe
        ? new Socket({ fd: STDIN, readable: true, writable: false })
        : createReadStream("", { fd: STDIN, autoClose: false });
      return stream;
    },
  });
  return () => stream?.destroy();
}

/** Has stdout and stderr be a terminal, as far as a program can tell without asking the system. */
function asTerminal({ columns }) {
  const { isatty } = tty;
  tty.isatty = fd => fd === STDOUT || fd === STDERR || isatty(fd);
  syncBuiltinESMExports();
  for (const stream of [process.stdout, process.stderr]) Object.assign(stream, { isTTY: true, columns });
  return () => {
    tty.isatty = isatty;
    syncBuiltinESMExports();
    for (const stream of [process.stdout, process.stderr]) {
      delete stream.isTTY;
      delete stream.columns;
    }
  };
}

/** Sets environment variables, and gives what sets them back. */
function withVariables(variables) {
  const before = Object.keys(variables).map(name => [name, process.env[name]]);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** How many there are of each thing that a run could leave behind. Its own process would end with it, and show nothing. */
function standing() {
  const counts = {};
  const count = (name, by = 1) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  for (const event of process.eventNames())
    count(`listener of ${String(event)}`, process.listenerCount(event));
  for (const resource of process.getActiveResourcesInfo()) count(resource);
  if (process.platform === "linux") count("open descriptor", readdirSync("/proc/self/fd").length);
  if (process.exitCode !== undefined) count("exit code");
  return counts;
}

async function run({ args, cwd, env, stdin, hasInput, terminal }) {
  reopen(STDOUT, join(folder, "stdout"), "w");
  reopen(STDERR, join(folder, "stderr"), "w");
  process.chdir(cwd);
  if (stdin === undefined) await openPipe(hasInput);
  else reopen(STDIN, stdin, "r");
  const endStdin = freshStdin();
  const endTerminal = terminal && asTerminal(terminal);
  const endVariables = withVariables(env);
  const before = standing();
  const status = await main(args);
  endVariables();
  endTerminal?.();
  endStdin();
  // What was closed last is gone a turn later.
  await setImmediate();
  await setImmediate();
  const left = Object.entries(standing()).filter(([name, count]) => count > (before[name] ?? 0));
  reopen(STDIN, "/dev/null", "r");
  return { status, left: left.map(([name]) => name) };
}

// `main` listens for errors of stderr once and for all.
process.stderr.on("error", () => {});
process.on("message", async message => {
  if (typeof message !== "string") process.send(await run(message));
});
// The test runner has ended, or is being ended.
for (const event of ["disconnect", "SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(event, () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  });
}
