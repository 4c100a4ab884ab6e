import { describe, expect, test } from "vitest";
import { sampleBytes } from "../format/samples.js";
import { workplaces } from "./workplace.js";

const newWorkplace = workplaces();

/** What is asked of which sample, the exit code, and what is said: after the name of the input or without it. */
type Refusal = readonly [sample: string, args: readonly string[], status: number, says: string];

const tls1 = "cr-3b/v13-tls1.img";
const tree = "cr-3b/v13-tree.img";
const withoutFiles = "cr-1/v6p5-tls1.img";
const withoutMemory = "cr-1/v5p2-tiny.img";
const noVersion = "a kernel version is X.Y.Z or X.Y.Z-suffix (2.6.28-rc3), found";
const noPlace = (from: string, to: string) =>
  `descriptors are invented where the image has none and the result some; from ${from} to ${to} there is no such place`;

const refusals: Record<string, readonly Refusal[]> = {
  "a target that there is none of": [
    [tls1, ["--to-rev", "9"], 2, "no dialect has rev 9; there are 1, 2, 3"],
    [tls1, ["--to-rev", "two"], 2, '--to-rev takes a whole number (4096 or 0x1000), found "two"'],
    [tls1, ["--to", "nonsense"], 2, 'no dialect "nonsense"; there are cr-1, cr-2, cr-3a, cr-3b'],
    [tls1, ["--to", "cr-2", "--to-rev", "2"], 2, "Arguments to-rev and to are mutually exclusive"],
    [tls1, ["--to", "cr-2", "--series", "v13"], 2, "no v13 kernel restarts cr-2 images; those of v6, v8 do"],
    [tls1, ["--series", "v8"], 2, "no v8 kernel restarts cr-3b images; those of v10, v11, v12, v13 do"],
    [tls1, ["--to-rev", "2", "--series", "v7"], 2, "no v7 kernel restarts cr-2 images; those of v6, v8 do"],
    [tls1, ["--kernel", "2.6"], 2, `${noVersion} "2.6"`],
    [tls1, ["--kernel", ""], 2, `${noVersion} ""`],
    [tls1, ["--kernel", "2.6.28 rc3"], 2, `${noVersion} "2.6.28 rc3"`],
    [tls1, ["--kernel", "2.6.65536"], 2, `${noVersion} "2.6.65536"`],
    [tls1, ["--kernel", `2.6.28-${"x".repeat(60)}`], 2, `${noVersion} "2.6.28-${"x".repeat(60)}"`],
  ],
  "descriptors that cannot be invented": [
    [withoutFiles, ["--to-rev", "2", "--fd", "0"], 2, '--fd takes N=PATH (0=/dev/null), found "0"'],
    [withoutFiles, ["--to-rev", "2", "--fd", "0="], 2, '--fd takes N=PATH (0=/dev/null), found "0="'],
    [withoutFiles, ["--to-rev", "2", "--fd", "x=/a"], 2, '--fd takes N=PATH (0=/dev/null), found "x=/a"'],
    [withoutFiles, ["--to-rev", "2", "--fd=-1=/a"], 2, '--fd takes N=PATH (0=/dev/null), found "-1=/a"'],
    [
      withoutFiles,
      ["--to-rev", "2", "--fd", "0=/a", "--fd", "1=/b", "--fd", "0=/c"],
      2,
      "descriptor 0 is given twice",
    ],
    [withoutFiles, ["--fd", "0=/a"], 2, noPlace("cr-1", "cr-1")],
    [tls1, ["--to-rev", "2", "--fd", "0=/a"], 2, noPlace("cr-3b", "cr-2")],
    [tls1, ["--to-rev", "1", "--fd", "0=/a"], 2, noPlace("cr-3b", "cr-1")],
  ],
  "numbers and words that an option does not take": [
    [tls1, ["--repair=nonsense"], 2, 'no repair is called "nonsense"; there are tls, chunks, fpu, and all'],
    [tls1, ["--repair=tls,"], 2, 'no repair is called ""; there are tls, chunks, fpu, and all'],
    [tls1, ["--repair", "tls"], 2, "there is no option or argument tls here"],
    [
      tls1,
      ["--fpu", "nonsense"],
      2,
      'Invalid values: Argument: fpu, Given: "nonsense", Choices: "clear", "init", "asis"',
    ],
    [
      tls1,
      ["--deleted", "keep"],
      2,
      'Invalid values: Argument: deleted, Given: "keep", Choices: "drop", "create"',
    ],
    [tls1, ["--vdso", "syscall"], 2, 'Invalid values: Argument: vdso, Given: "syscall", Choices: "int80"'],
    [tls1, ["--xstate", "513"], 2, "Invalid values: Argument: xstate, Given: 513, Choices: 512, 576"],
    [tls1, ["--ppid", "init"], 2, '--ppid takes a whole number (4096 or 0x1000), found "init"'],
    [tls1, ["--task", "-1"], 2, '--task takes a whole number (4096 or 0x1000), found "-1"'],
    [tls1, ["--report", ""], 2, "a file name is empty"],
    [tls1, ["--frobnicate"], 2, "there is no option or argument frobnicate here"],
  ],
  "tasks that there are none of, or too many": [
    [tls1, ["--task", "1"], 2, "no task has pid 1; there are 160"],
    [tree, ["--task", "175"], 2, "no task has pid 175; there are 170, 171, 172, 173, 174"],
    [
      tree,
      ["--to-rev", "2"],
      1,
      "cannot go from cr-3b to cr-2: it holds 5 tasks, and rev 2 images hold one: take one with --task (170, 171, 172, 173, 174), or all with --split",
    ],
    [tls1, ["--split", "tasks"], 2, "Arguments split and output are mutually exclusive"],
  ],
  "images that there are none of": [
    [tls1, ["--image", "1"], 2, "there is no image 1: the input holds 1, counted from 0"],
    [
      tls1,
      ["--at", "100"],
      1,
      "expected the head's magic 0x00feed0cc0a2d200 after 8 bytes, found 0x3220766f4e207461 (at 0x64)",
    ],
    [tls1, ["--dialect", "cr-9"], 2, 'no dialect "cr-9"; there are cr-1, cr-2, cr-3a, cr-3b'],
  ],
  "what the image does not have, or the kernel cannot take": [
    [
      withoutMemory,
      ["--to-rev", "2"],
      1,
      "cannot go from cr-1 to cr-2: the image has no memory and no registers (v5 2/8 wrote only head, task and comm), and there is nothing to restart without them",
    ],
    [withoutFiles, ["--series", "v5p2"], 1, "v5p2 restores no memory and no registers; v6p5 reads cr-1, too"],
    [
      tls1,
      ["--to-rev", "2", "--series", "v6", "--fpu", "init"],
      2,
      "a v6 kernel must not be given FPU state: it would take it for a pointer",
    ],
    [
      tls1,
      ["--vdso", "int80"],
      1,
      "no page of the image enters the kernel by SYSENTER from the vdso, so there is nothing to change",
    ],
  ],
};

describe.concurrent.each(Object.entries(refusals))("%s", (_, cases) => {
  test.each(cases)("%s %j", async (sample, args, status, says) => {
    const place = newWorkplace();
    const input = place.put("in.img", sampleBytes(sample));
    const before = place.contents();
    const ran = await place.crimg(["convert", input, ...args, "-o", place.path("out.img")]);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status, stdout: "" });
    expect(ran.stderr.replace(` ${input}: `, " ")).toBe(`crimg: ${says}\n`);
    expect(place.contents()).toEqual(before);
  });
});

describe.concurrent("arguments that say too little, or two things at once", () => {
  test.each<[string[], string]>([
    [[], "something to work on is missing: got 0, need at least 1; see --help"],
    [[""], "a file name is empty"],
    [["in.img"], "where to? -o FILE, or -o - for stdout"],
    [["in.img", "--to-rev", "2"], "where to? -o FILE, or -o - for stdout"],
    [["in.img", "-o", ""], "a file name is empty"],
    [["in.img", "-o"], "Not enough arguments following: o"],
    [["in.img", "other.img", "-o", "out.img"], "there is no option or argument other.img here"],
    [["in.img", "-o", "-", "--report", "-"], "stdout cannot take both the image and the report"],
    [["in.img", "-o", "-", "--json"], "stdout cannot take both the image and the report"],
    [
      ["in.img", "-o", "out.img", "--json", "--report", "r.json"],
      "Arguments json and report are mutually exclusive",
    ],
    [["in.img", "--split", "tasks", "--task", "160"], "Arguments split and task are mutually exclusive"],
  ])("%j", async (args, says) => {
    const place = newWorkplace();
    place.put("in.img", sampleBytes(tls1));
    const before = place.contents();
    const ran = await place.crimg(["convert", ...args], { cwd: place.folder });
    expect(ran).toMatchObject({ status: 2, stdout: "", stderr: `crimg: ${says}\n` });
    expect(place.contents()).toEqual(before);
  });
});
