import { describe, expect, test } from "vitest";
import { overwritten, recordNamed } from "../image/splice.js";
import { readingCommands } from "./reading-commands.js";
import { image } from "./to-rev-2.js";
import { workplaces } from "./workplace.js";

const newWorkplace = workplaces();

/** Colours, a line of its own, the bell, a C1 control in UTF-8, right-to-left override, and what HTML takes for a tag. */
const evil = "\x1b[31m\r\n\x07\u009b\u202e<b>&amp;";
const shown = "\\x1b[31m\\r\\n\\x07\\u{9b}\\u{202e}<b>&amp;";
const acting = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

describe.concurrent.each(Object.entries(readingCommands))("what %s says", (command, argumentsFor) => {
  const cases: Readonly<Record<string, [number, string | Uint8Array | undefined]>> = {
    "of a file that is not there": [3, undefined],
    "of what it cannot read": [1, "neither image nor lines\n"],
  };

  test.each(Object.entries(cases))("%s cannot act on the terminal", async (_, [status, content]) => {
    const place = newWorkplace();
    const input = content === undefined ? place.path(evil) : place.put(evil, content);
    // Verify says on stdout what is wrong with an image.
    const args = command === "verify" ? ["verify", input] : argumentsFor(input, place.path("out"));
    const { stdout, stderr, status: found } = await place.crimg(args);
    expect(found, stderr).toBe(status);
    expect(stdout + stderr).toContain(shown);
    expect(stdout + stderr).not.toMatch(acting);
  });

  test("of an output in a folder that is not there cannot, either", async () => {
    const place = newWorkplace();
    const input = place.put("in", image);
    const target = command === "split" ? `${input}/${evil}` : place.path(`${evil}/out`);
    const { stdout, stderr, status } = await place.crimg(argumentsFor(input, target));
    expect(status, stderr).toBe(3);
    expect(stdout + stderr).toContain(shown);
    expect(stdout + stderr).not.toMatch(acting);
  });
});

describe.concurrent("a name in an image", () => {
  const name = "\x1b\u009b\u202e\u2066";
  const named = overwritten(image, recordNamed(image, "FNAME").offset + 8, Buffer.from(name));

  test.each([[["dump", "--jsonl"]], [["dump", "--json"]], [["decode"]]])(
    "is exact in what crimg %j prints, and acts on no terminal",
    async args => {
      const place = newWorkplace();
      const { stdout } = await place.crimg([...args, place.put("in.img", named)]);
      expect(stdout).not.toMatch(acting);
      expect(stdout).toContain("\\u001b\\u009b\\u202e\\u2066");
    },
  );

  test("is the same when it has been decoded and encoded", async () => {
    const place = newWorkplace();
    await place.crimg(["decode", place.put("in.img", named), "-o", place.path("lines")]);
    await place.crimg(["encode", place.path("lines"), "-o", place.path("out.img")]);
    expect(place.bytes("out.img")).toEqual(named);
  });
});

describe.concurrent("the name of a file", () => {
  test.each([
    ["dump", []],
    ["info", []],
    ["verify", []],
    ["convert", ["-n"]],
    ["split", ["--into", "."]],
  ])("is escaped by %s where people read it", async (command, more) => {
    const place = newWorkplace();
    place.put(evil, image);
    const ran = await place.crimg([command, evil, ...more], { cwd: place.folder });
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stdout + ran.stderr).toContain(shown);
    expect(ran.stdout + ran.stderr).not.toMatch(acting);
  });

  test.each<[string, string[], (report: never) => string]>([
    ["dump", ["--json"], ({ file }: { file: string }) => file],
    ["info", ["--json"], ([{ file }]: [{ file: string }]) => file],
    ["verify", ["--json"], ([{ image: name }]: [{ image: string }]) => name],
    ["convert", ["-n", "-q", "--json"], ([{ image: name }]: [{ image: string }]) => name],
    ["split", ["--into", ".", "--json"], ({ file }: { file: string }) => file],
    [
      "verify",
      ["--sarif"],
      ({ runs: [run] }: { runs: [{ properties: { verdicts: [{ image: string }] } }] }) =>
        run.properties.verdicts[0].image,
    ],
  ])("is exact in what %s %j prints", async (command, more, nameIn) => {
    const place = newWorkplace();
    place.put(evil, image);
    const ran = await place.crimg([command, evil, ...more], { cwd: place.folder });
    expect(ran.status, ran.stderr).toBe(0);
    expect(nameIn(JSON.parse(ran.stdout) as never)).toBe(evil);
    // JSON has escapes of its own for what a terminal acts upon.
    expect(ran.stdout).not.toMatch(acting);
  });

  test.each(["-x.img", "--help", "--", "-"])("may be %s behind --", async name => {
    const place = newWorkplace();
    place.put("real", image);
    place.put(name, image);
    const ran = await place.crimg(["info", "--json", "--", name], {
      cwd: place.folder,
      stdin: place.path("real"),
    });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    // `-` is stdin there, too; a file of that name is `./-`.
    expect(JSON.parse(ran.stdout)[0].file).toBe(name === "-" ? "stdin" : `./${name}`);
  });

  test.each(["a b", "$(id)", "*", "'", '"', "é", "日本", "%00", "?x=1#y", "file:x", "a\\b", "\ufffd"])(
    "may be %s",
    async name => {
      const place = newWorkplace();
      place.put(name, image);
      const ran = await place.crimg(["convert", name, "-q", "-o", `${name}.out`], { cwd: place.folder });
      expect(ran).toMatchObject({ status: 0, stderr: "" });
      expect(place.bytes(`${name}.out`)).toEqual(image);
    },
  );
});
