import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { writeHugeImage, writeManyAreas } from "../cli/huge-image.js";
import { readingCommands } from "../cli/reading-commands.js";
import { image } from "../cli/to-rev-2.js";
import { type Workplace, workplaces } from "../cli/workplace.js";
import { sampleBytes } from "../format/samples.js";
import { crimgPath } from "../project-root.js";
import { oneIn } from "../share.js";
import { type Interrupted, interruptCrimg } from "./interrupt.js";

const newWorkplace = workplaces();

const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The code that a shell sees: what has nothing to clean up is ended by the signal itself. */
const codeOf = ({ status, signal }: Interrupted) => status ?? codes[signal as keyof typeof codes];

/** True if a temporary file or folder of crimg's is there. */
const hasBegun = (place: Workplace) => readdirSync(place.folder).some(name => name.startsWith("."));

const awaiting = ["dump", "verify", "convert", "decode", "encode", "split", "join"];
const signals = Object.keys(codes) as (keyof typeof codes)[];

/** So that a share of the commands is another one for each signal. */
const rotated = <T>(list: readonly T[], by: number) => [...list.slice(by), ...list.slice(0, by)];

describe.concurrent.each(signals)("%s", signal => {
  const some = oneIn(7, rotated(awaiting, 2 * signals.indexOf(signal)));

  test.each(some)("ends %s that waits for the first writer of a pipe with a name", async command => {
    const place = newWorkplace();
    expect(spawnSync("mkfifo", [place.path("pipe")]).status).toBe(0);
    const args = readingCommands[command]!(place.path("pipe"), place.path("out"));
    const ended = await interruptCrimg(place, args, { signal, when: () => hasBegun(place) });
    expect(codeOf(ended)).toBe(codes[signal]);
    expect(ended.stderr).toBe("");
    expect(readdirSync(place.folder)).toEqual(["pipe"]);
  });

  test.each(some)("ends %s that waits for more from one", async command => {
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

test("verify that waits for stdin while workers verify files leaves nothing behind", async () => {
  const place = newWorkplace();
  place.put("a.img", image);
  place.put("b.img", image);
  const files = ["a.img", "b.img"].map(name => place.path(name));
  const ended = await interruptCrimg(place, ["verify", "--jobs", "2", ...files, "-"], {
    signal: "SIGTERM",
    when: () => hasBegun(place),
    input: image.subarray(0, 3000),
  });
  expect(codeOf(ended)).toBe(codes.SIGTERM);
  expect(readdirSync(place.folder).sort()).toEqual(["a.img", "b.img"]);
});

describe.concurrent("a search for an image that takes minutes can be interrupted:", () => {
  // 1 TiB, of which nothing is on the disk.
  function putEndless(place: Workplace): string {
    const fd = openSync(place.path("in"), "wx");
    ftruncateSync(fd, 2 ** 40);
    closeSync(fd);
    return place.path("in");
  }

  const searching: readonly (readonly [string, readonly string[]])[] = [
    ["dump", ["-o", "out"]],
    ["decode", ["-o", "out", "--pages", "pages"]],
    ["convert", ["-o", "out", "--report", "report"]],
  ];

  test.each(oneIn(3, searching))("%s", async (command, more) => {
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

// One after the other: what they write would only wait for the same disk.
describe("a run that is interrupted leaves nothing behind", () => {
  const signals = [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const;
  /** 2 GiB, so that no signal comes too late. */
  const PAGES = 2 ** 19;

  function temporarySize(place: Workplace): number {
    const name = readdirSync(place.folder).find(found => found.startsWith(".out.img."));
    return name === undefined ? -1 : (statSync(place.path(name), { throwIfNoEntry: false })?.size ?? -1);
  }

  test.each(signals)("%s in the middle of a large image", async (signal, status) => {
    const place = newWorkplace();
    const input = place.path("huge.img");
    writeHugeImage(input, PAGES);
    const { size } = statSync(input);
    const before = place.put("out.img", "from before\n");
    const args = ["convert", input, "--to-rev", "2", "-o", before, "--force"];
    let written = 0;
    const when = () => {
      written = Math.max(written, temporarySize(place));
      return written > 0;
    };
    expect(await interruptCrimg(place, args, { signal, when })).toEqual({ status, signal: null, stderr: "" });
    // It was there, and not all of it.
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(size);
    expect(readdirSync(place.folder).sort()).toEqual(["huge.img", "out.img"]);
    expect(place.bytes("out.img")).toEqual(new Uint8Array(Buffer.from("from before\n")));
    expect(statSync(input).size).toBe(size);
  });

  test.each(signals)("%s in the middle of a dump to a file", async (signal, status) => {
    const place = newWorkplace();
    const input = place.path("huge.img");
    writeManyAreas(input, 500_000);
    const when = () => readdirSync(place.folder).some(name => name.endsWith(".tmp"));
    const ended = await interruptCrimg(place, ["dump", "--jsonl", input, "-o", place.path("out")], {
      signal,
      when,
    });
    expect(ended).toEqual({ status, signal: null, stderr: "" });
    expect(readdirSync(place.folder)).toEqual(["huge.img"]);
  });

  test.each(signals)("%s while stdin is awaited", async (signal, status) => {
    const place = newWorkplace();
    const input = image.subarray(0, 3000);
    const when = () => {
      const name = readdirSync(place.folder).find(found => found.startsWith(".crimg-"));
      return name !== undefined && existsSync(place.path(`${name}/input`));
    };
    const args = ["convert", "-", "--to-rev", "2", "-o", place.path("out.img")];
    const ended = await interruptCrimg(place, args, { signal, when, input });
    expect(ended).toEqual({ status, signal: null, stderr: "" });
    expect(place.contents()).toEqual({});
  });
});

describe.concurrent("a run that is interrupted while it waits for more leaves nothing behind:", () => {
  const waiting: readonly (readonly [string, ...string[]])[] = [
    ["decode", "-o", "out", "--pages", "out2"],
    ["encode", "-o", "out"],
    ["encode", "-o", "out", "--fix-counts"],
    ["split", "--into", "out"],
    ["join", "-o", "out"],
  ];

  test.each(oneIn(2, waiting))("crimg %s - %s %s %s", async (command, ...options) => {
    const { folder, path } = newWorkplace();
    const names = () => readdirSync(folder);
    const args = options.map(option => (option.startsWith("out") ? path(option) : option));
    const child = spawn(process.execPath, [crimgPath, command, "-", ...args], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { ...process.env, TMPDIR: folder },
    });
    child.stdin.write(command === "encode" ? '{"kind":' : sampleBytes("cr-2/v6-tiny.img").subarray(0, 5000));
    // Something is there as soon as it has begun.
    while (names().length === 0) await setTimeout(5);
    child.kill("SIGINT");
    const status = await new Promise(resolve => child.on("close", resolve));
    expect(status).toBe(130);
    expect(names()).toEqual([]);
  });
});
