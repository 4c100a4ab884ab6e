import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { spawnProcess } from "../process/spawn-crimg.js";
import { crimgPath } from "../project-root.js";
import { writeBadInputs } from "./bad-inputs.js";
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

async function replay(command: string): Promise<string> {
  const env = { TMP: folder, PATH: `${programs}${delimiter}${process.env["PATH"]}` };
  return transcribe(await spawnProcess("sh", ["-c", command], { env }), folder);
}

describe.concurrent("crimg prints what the transcript shows", () => {
  test.each(readdirSync(transcripts).filter(name => name.endsWith(".txt")))("%s", async name => {
    const file = new URL(name, transcripts);
    const text = readFileSync(file, "utf8");
    const { title, exchanges } = parseTranscript(text);
    const replayed = [];
    for (const { command } of exchanges) replayed.push({ command, expected: await replay(command) });
    const now = formatTranscript({ title, exchanges: replayed });
    if (bless) writeFileSync(file, now);
    expect(exchanges.length).toBeGreaterThan(0);
    expect(now).toBe(bless ? now : text);
  });
});

test("a transcript is written as it was read", () => {
  const text = "# Title\n$ crimg a\nout\n2> err\nexit 1\n$ crimg b\n";
  expect(formatTranscript(parseTranscript(text))).toBe(text);
  expect(parseTranscript(text).exchanges).toEqual([
    { command: "crimg a", expected: "out\n2> err\nexit 1\n" },
    { command: "crimg b", expected: "" },
  ]);
});
