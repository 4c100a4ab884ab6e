import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spawnProcess } from "../process/spawn-crimg.js";
import { crimgPath } from "../project-root.js";
import { writeBadInputs } from "./bad-inputs.js";
import { plainCommand } from "./plain-command.js";
import { runCrimg, spawns } from "./run-crimg.js";
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

/** Runs a command, and writes what it printed as a transcript does. Whatever needs a shell has one, and real processes. */
async function replay(command: string): Promise<string> {
  const plain = spawns ? undefined : plainCommand(command, folder);
  if (plain !== undefined) {
    const { args, ...options } = plain;
    return transcribe(await runCrimg(args, options), folder);
  }
  const env = { TMP: folder, PATH: `${programs}${delimiter}${process.env["PATH"]}` };
  return transcribe(await spawnProcess("sh", ["-c", command], { env }), folder);
}

describe.each(readdirSync(transcripts).filter(name => name.endsWith(".txt")))("%s", name => {
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
