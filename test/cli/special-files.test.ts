import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spawnProcess } from "../process/spawn-crimg.js";
import { oneIn } from "../share.js";
import { inputOf, readingCommands } from "./reading-commands.js";
import { temporaryFolder } from "./temporary-folder.js";
import { type Workplace, workplaces } from "./workplace.js";

const newWorkplace = workplaces();
const commands = Object.keys(readingCommands);
const argumentsOf = (command: string, input: string, output: string) =>
  readingCommands[command]!(input, output);

const folder = temporaryFolder();
const socket = join(folder, "socket");
let server: Server;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>(resolve => void server.listen(socket, resolve));
});
afterAll(() => void server.close());

function namedPipe(place: Workplace): string {
  const pipe = place.path("pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  return pipe;
}

describe.concurrent.each(oneIn(3, commands))("%s of what is no image file", command => {
  const inputs: Record<string, [(place: Workplace) => string, string]> = {
    "a socket": [() => socket, "is a socket, or a device that is not there"],
    "a link to itself": [
      place => {
        symlinkSync("loop", place.path("loop"));
        return place.path("loop");
      },
      "too many symbolic links",
    ],
    "a link to nothing": [
      place => {
        symlinkSync("nothing", place.path("link"));
        return place.path("link");
      },
      "no such file",
    ],
    "what is below a file": [
      place => join(place.put("file", ""), "in.img"),
      "a part of the path is no folder",
    ],
    "a name longer than names can be": [place => place.path("n".repeat(256)), "the name is too long"],
  };

  test.each(Object.entries(inputs))("%s", async (_, [make, reason]) => {
    const place = newWorkplace();
    const input = make(place);
    const before = place.contents();
    const ran = await place.crimg(argumentsOf(command, input, place.path("out")));
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(/^crimg: .+\n$/);
    expect(ran.stderr).toContain(`crimg: ${input}: cannot `);
    expect(ran.stderr.endsWith(`: ${reason}\n`), ran.stderr).toBe(true);
    // Reports on several files are of those that could be read, even if that is none.
    const { out, ...left } = place.contents();
    expect(out !== undefined).toBe(["info", "verify"].includes(command));
    expect(left).toEqual(before);
  });

  test("stdin that is a folder", async () => {
    const place = newWorkplace();
    mkdirSync(place.path("folder"));
    const ran = await place.crimg(argumentsOf(command, "-", place.path("out")), {
      stdin: place.path("folder"),
    });
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(/^crimg: stdin: .*is a directory.*\n$/);
  });
});

describe.concurrent.each(oneIn(2, commands.toReversed()))("%s of a pipe with a name", command => {
  test("whose writer is slow gives what the file gives", async () => {
    const [one, other] = [newWorkplace(), newWorkplace()];
    // Reports name their input.
    const pipe = namedPipe(one);
    const file = other.put("pipe", inputOf(command));
    const half = one.put("first", inputOf(command).subarray(0, 4000));
    const rest = one.put("rest", inputOf(command).subarray(4000));
    const script = 'exec > "$0"; cat "$1"; sleep 0.1; cat "$2"';
    const writer = spawnProcess("sh", ["-c", script, pipe, half, rest]);
    const piped = await one.crimg(argumentsOf(command, pipe, one.path("out")));
    await writer;
    const filed = await other.crimg(argumentsOf(command, file, other.path("out")));
    expect(filed).toMatchObject({ status: 0, stderr: "" });
    expect({ ...piped, stdout: piped.stdout.replaceAll(one.folder, other.folder) }).toEqual(filed);
    const result = (place: Workplace) =>
      Buffer.from(place.bytes(command === "split" ? "out/pipe-0.img" : "out")).toString("latin1");
    expect(result(one).replaceAll(one.folder, other.folder)).toBe(result(other));
    // Nothing is kept of what came through it.
    const { first: _, rest: __, ...left } = one.contents();
    expect(Object.keys(left)).toEqual(Object.keys(other.contents()));
  });

  test("whose writer dies is damage, at the place where it stopped", async () => {
    const place = newWorkplace();
    const pipe = namedPipe(place);
    const part = place.put("part", inputOf(command).subarray(0, 4000));
    const writer = spawnProcess("sh", ["-c", 'cat "$0" > "$1"', part, pipe]);
    const ran = await place.crimg(argumentsOf(command, pipe, place.path("out")));
    await writer;
    expect(ran.status, ran.stderr).toBe(1);
    if (command === "verify") expect(Buffer.from(place.bytes("out")).toString()).toContain('"truncated"');
    else expect(ran.stderr).toContain(`crimg: ${pipe}: `);
    const keepsWhatIsThere = ["dump", "info", "verify", "decode", "split"].includes(command);
    expect(existsSync(place.path("out"))).toBe(keepsWhatIsThere);
  });
});

describe.concurrent.each(oneIn(2, commands))("%s of what the system makes up", command => {
  // Of 0 bytes, by their own account.
  test.runIf(existsSync("/proc/self/status"))("a file of /proc is read, and is no image", async () => {
    const place = newWorkplace();
    const ran = await place.crimg(argumentsOf(command, "/proc/self/status", place.path("out")));
    expect(ran.status, ran.stderr).toBe(1);
    const said = command === "verify" ? Buffer.from(place.bytes("out")).toString() : ran.stderr;
    // It begins with `Name:`, which would not be said of an empty file.
    expect(said).toContain(command === "encode" ? "expected a value, found N" : "found 0x");
  });

  test("/dev/null is empty", async () => {
    const place = newWorkplace();
    const ran = await place.crimg(argumentsOf(command, "/dev/null", place.path("out")));
    expect(ran.status, ran.stderr).toBe(1);
    const said = command === "verify" ? Buffer.from(place.bytes("out")).toString() : ran.stderr;
    expect(said).toContain(command === "encode" ? "there are no lines" : "the input is empty");
  });
});

describe.concurrent.each(
  oneIn(
    2,
    commands.filter(command => command !== "split"),
  ),
)("%s to", command => {
  test("a socket says so", async () => {
    const place = newWorkplace();
    const input = place.put("in", inputOf(command));
    const before = place.contents();
    const ran = await place.crimg(argumentsOf(command, input, socket));
    expect(ran).toMatchObject({
      status: 3,
      stdout: "",
      stderr: `crimg: ${socket}: cannot write: is a socket, or a device that is not there\n`,
    });
    expect(place.contents()).toEqual(before);
  });

  test("a pipe with a name writes to it, and it stays one", async () => {
    const place = newWorkplace();
    const input = place.put("in", inputOf(command));
    await place.crimg(argumentsOf(command, input, place.path("out")));
    const pipe = namedPipe(place);
    const reader = spawnProcess("sh", ["-c", 'cat "$0" > "$1"', pipe, place.path("read")]);
    const ran = await place.crimg(argumentsOf(command, input, pipe));
    await reader;
    expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(place.bytes("read")).toEqual(place.bytes("out"));
    expect(place.contents()["pipe"]).toContain("no file");
  });

  test("what it reads is refused, by name and by link", async () => {
    const place = newWorkplace();
    const input = place.put("in", inputOf(command));
    symlinkSync("in", place.path("link"));
    const before = place.contents();
    for (const target of [input, place.path("link")]) {
      const args = argumentsOf(command, input, target);
      const force = ["convert", "encode", "join"].includes(command) ? ["--force"] : [];
      expect(await place.crimg([...args, ...force])).toMatchObject({
        status: 2,
        stdout: "",
        stderr: `crimg: ${target} is also the input; write to another file\n`,
      });
      expect(place.contents()).toEqual(before);
    }
  });
});
