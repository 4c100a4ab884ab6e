import { spawn, spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readingCommands } from "../cli/reading-commands.js";
import { image } from "../cli/to-rev-2.js";
import { type Workplace, workplaces } from "../cli/workplace.js";
import { type Interrupted, interruptCrimg } from "./interrupt.js";

const newWorkplace = workplaces();

const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The code that a shell sees: what has nothing to clean up is ended by the signal itself. */
const codeOf = ({ status, signal }: Interrupted) => status ?? codes[signal as keyof typeof codes];

/** True if a temporary file or folder of crimg's is there. */
const hasBegun = (place: Workplace) => readdirSync(place.folder).some(name => name.startsWith("."));

const awaiting = ["dump", "convert", "decode", "encode", "split", "join"];
const signals = Object.keys(codes) as (keyof typeof codes)[];

describe.each(signals)("%s", signal => {
  test.each(awaiting)("ends %s that waits for the first writer of a pipe with a name", async command => {
    const place = newWorkplace();
    expect(spawnSync("mkfifo", [place.path("pipe")]).status).toBe(0);
    const args = readingCommands[command]!(place.path("pipe"), place.path("out"));
    const ended = await interruptCrimg(place, args, { signal, when: () => hasBegun(place) });
    expect(codeOf(ended)).toBe(codes[signal]);
    expect(ended.stderr).toBe("");
    expect(readdirSync(place.folder)).toEqual(["pipe"]);
  });

  test.each(awaiting)("ends %s that waits for more from one", async command => {
    const place = newWorkplace();
    expect(spawnSync("mkfifo", [place.path("pipe")]).status).toBe(0);
    place.put("part", image.subarray(0, 3000));
    const script = 'exec > "$0"; cat "$1"; exec sleep 60';
    const writer = spawn("sh", ["-c", script, place.path("pipe"), place.path("part")], { stdio: "ignore" });
    const args = readingCommands[command]!(place.path("pipe"), place.path("out"));
    const ended = await interruptCrimg(place, args, { signal, when: () => hasBegun(place) });
    writer.kill();
    expect(codeOf(ended)).toBe(codes[signal]);
    expect(readdirSync(place.folder).sort()).toEqual(["part", "pipe"]);
  });
});

describe("a search for an image that takes minutes can be interrupted:", () => {
  // 1 TiB, of which nothing is on the disk.
  function putEndless(place: Workplace): string {
    const fd = openSync(place.path("in"), "wx");
    ftruncateSync(fd, 2 ** 40);
    closeSync(fd);
    return place.path("in");
  }

  test.each([
    ["dump", ["-o", "out"]],
    ["decode", ["-o", "out", "--pages", "pages"]],
    ["convert", ["-o", "out", "--report", "report"]],
  ])("%s", async (command, more) => {
    const place = newWorkplace();
    const input = putEndless(place);
    const files = more.map(argument => (argument.startsWith("-") ? argument : place.path(argument)));
    const ended = await interruptCrimg(place, [command, input, ...files, "--progress"], {
      signal: "SIGINT",
      // What tells how far it has come.
      when: stderr => stderr.includes(" of 1.0 TiB"),
    });
    expect(codeOf(ended)).toBe(130);
    expect(readdirSync(place.folder)).toEqual(["in"]);
  });
});
