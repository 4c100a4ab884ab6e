import { afterEach, expect, test, vi } from "vitest";
import { progressOf } from "../../src/cli/progress.js";
import { bytesSource } from "../../src/source/source.js";
import { runCrimg } from "./run-crimg.js";

const MIB = 1024 * 1024;
const source = bytesSource(new Uint8Array(8 * MIB));

afterEach(() => {
  vi.restoreAllMocks();
});

/** What stands on stderr after reads that end at these offsets, each `step` milliseconds after the one before. */
async function drawn(flag: boolean | undefined, step: number, ends: readonly number[]): Promise<string> {
  let now = 0;
  let text = "";
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.spyOn(Date, "now").mockImplementation(() => now);
  vi.spyOn(process.stderr, "write").mockImplementation((part: string | Uint8Array) => {
    text += String(part);
    return true;
  });
  const progress = await progressOf("dir/\u001b[31mapp.img", flag, false);
  const watched = progress.watch(source);
  for (const end of ends) {
    now += step;
    expect(watched.read(end - 16, 16)).toHaveLength(16);
  }
  progress.stop();
  return text;
}

test("a long run shows how far it has come, how fast, and what is left", async () => {
  const text = await drawn(true, 600, [2 * MIB, 4 * MIB, 6 * MIB]);
  expect(text).toContain(" 25%  2.0 MiB of 8.0 MiB");
  expect(text).toContain(" 75%  6.0 MiB of 8.0 MiB");
  expect(text).toMatch(/3\.3 MiB\/s/);
  expect(text).toMatch(/\ds left/);
});

test("names are escaped", async () => {
  const text = await drawn(true, 600, [2 * MIB, 4 * MIB]);
  expect(text).toContain("dir/\\x1b[31mapp.img");
  expect(text).not.toContain("\u001b[31m");
});

test("a run of less than half a second shows nothing", async () => {
  expect(await drawn(true, 100, [2 * MIB, 4 * MIB, 6 * MIB])).toBe("");
});

test("--no-progress shows nothing, however long it takes", async () => {
  expect(await drawn(false, 60_000, [2 * MIB, 4 * MIB])).toBe("");
});

test("stderr that is no terminal gets nothing unless it is asked for", async () => {
  const { stderr } = await runCrimg(["verify", "-q", "samples/cr-2/v8-tls1.img"]);
  expect(stderr).toBe("");
});
