import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spawnProcess } from "../process/spawn-crimg.js";
import { crimgPath } from "../project-root.js";
import { writeBadInputs } from "./bad-inputs.js";
import { plainPipeline } from "./plain-command.js";
import { type Ran, runCrimg, spawns } from "./run-crimg.js";
import { temporaryFolder } from "./temporary-folder.js";
import { formatTranscript, parseTranscript, transcribe } from "./transcript.js";

// `BLESS=1 npx vitest run test/cli/transcripts.test.ts` rewrites what the transcripts expect. Read the difference.
const bless = process.env["BLESS"] === "1";
const transcripts = new URL("transcripts/", import.meta.url);
const folder = temporaryFolder();
const programs = join(folder, "bin");

beforeAll(() => {
  writeBadInputs(folder);
  mkdirSync(programs);
  const crimg = join(programs, "crimg");
  writeFileSync(crimg, `#!/bin/sh\nexec "${process.execPath}" "${crimgPath}" "$@"\n`);
  chmodSync(crimg, 0o755);
});

const env = { TMP: folder, PATH: `${programs}${delimiter}${process.env["PATH"]}` };
const inShell = (command: string, input?: Uint8Array) =>
  spawnProcess("sh", ["-c", command], { env, ...(input && { input }) });

let pipelines = 0;

/** Runs a command. What needs a shell has one, and crimg in a process of its own if it stands in the midst of it. */
async function run(text: string): Promise<Ran> {
  const pipeline = spawns ? undefined : plainPipeline(text, folder);
  if (pipeline === undefined) return inShell(text);
  const { before, behind, command } = pipeline;
  const { args, ...options } = command;
  // By way of a file, as it may be an image, which is no text.
  const file = join(folder, `fed-${++pipelines}`);
  const fed = before === undefined ? undefined : await inShell(`(${before}) > ${file}`);
  const input = fed && readFileSync(file);
  const ran = await runCrimg(args, { ...options, ...(input && { input }) });
  const stderr = `${fed?.stderr ?? ""}${ran.stderr}`;
  if (behind === undefined) return { ...ran, stderr };
  const filtered = await inShell(behind, Buffer.from(ran.stdout));
  return { ...filtered, stderr: `${stderr}${filtered.stderr}` };
}

/** Runs a command, and writes what it printed as a transcript does. */
async function replay(command: string): Promise<string> {
  return transcribe(await run(command), folder);
}

describe.concurrent.each(readdirSync(transcripts).filter(name => name.endsWith(".txt")))("%s", name => {
  const file = new URL(name, transcripts);
  const text = readFileSync(file, "utf8");
  const { title, exchanges } = parseTranscript(text);

  const replayed: Promise<string>[] = [];
  /** What a command printed, which runs after all that stand before it: they may have made its files. */
  function printedBy(index: number): Promise<string> {
    replayed[index] ??= (async () => {
      if (index > 0) await printedBy(index - 1).catch(() => {});
      return await replay(exchanges[index]!.command);
    })();
    return replayed[index];
  }

  for (const [index, { command, expected }] of exchanges.entries()) {
    test(command, async () => {
      const printed = await printedBy(index);
      if (!bless) expect(printed).toBe(expected);
    });
  }

  test("shows something, and is written as it was read", () => {
    expect(exchanges.length).toBeGreaterThan(0);
    expect(formatTranscript({ title, exchanges })).toBe(text);
  });

  if (bless) {
    afterAll(async () => {
      await printedBy(exchanges.length - 1);
      const printed = await Promise.all(replayed);
      const now = exchanges.map(({ command }, index) => ({ command, expected: printed[index]! }));
      writeFileSync(file, formatTranscript({ title, exchanges: now }));
    });
  }
});

test("a transcript is written as it was read", () => {
  const text = "# Title\n$ crimg a\nout\n2> err\nexit 1\n$ crimg b\n";
  expect(formatTranscript(parseTranscript(text))).toBe(text);
  expect(parseTranscript(text).exchanges).toEqual([
    { command: "crimg a", expected: "out\n2> err\nexit 1\n" },
    { command: "crimg b", expected: "" },
  ]);
});
