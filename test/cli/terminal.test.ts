import { describe, expect, test } from "vitest";
import { runCrimg, spawns } from "./run-crimg.js";
import { image } from "./to-rev-2.js";
import { workplaces } from "./workplace.js";

const newWorkplace = workplaces();
const terminal = { columns: 80 };
const tiny = "samples/cr-1/v5p2-tiny.img";

// Only a warm process can be made to see one. That crimg sees a real one is for test/process/shells.test.ts.
describe.skipIf(spawns)("on a terminal", () => {
  test.each<[boolean, string, string[], Record<string, string>]>([
    [true, "there are colours", [], {}],
    [false, "not with NO_COLOR", [], { NO_COLOR: "1" }],
    [true, "an empty NO_COLOR is none", [], { NO_COLOR: "" }],
    [false, "not with FORCE_COLOR=0", [], { FORCE_COLOR: "0" }],
    [false, "not with --no-color", ["--no-color"], {}],
    [true, "--color wins over NO_COLOR", ["--color"], { NO_COLOR: "1" }],
    [false, "JSON has none", ["--jsonl"], {}],
  ])("%s: %s", async (expected, _, more, env) => {
    const { stdout } = await runCrimg(["dump", tiny, ...more], { terminal, env });
    expect(stdout.includes("\x1b[")).toBe(expected);
  });

  test("verify of several files shows how far it has come, and takes it away again", async () => {
    const { stderr } = await runCrimg(["verify", tiny, tiny], { terminal });
    expect(stderr).toContain(`\r\x1b[K1 of 2  ${tiny}`);
    expect(stderr).toMatch(/\r\x1b\[K$/);
    expect((await runCrimg(["verify", tiny, tiny])).stderr).toBe("");
  });

  test.each([
    ["convert", ["in.img", "-o", "-"]],
    ["encode", ["lines", "-o", "-"]],
    ["join", ["in.img", "-o", "-"]],
  ])("%s writes no image", async (command, args) => {
    const place = newWorkplace();
    place.put("in.img", image);
    const ran = await place.crimg([command, ...args], { cwd: place.folder, terminal });
    expect(ran).toEqual({
      status: 2,
      stdout: "",
      stderr: "crimg: stdout is a terminal; an image goes to a file or a pipe\n",
    });
  });
});
