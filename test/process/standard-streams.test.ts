import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { runCrimg } from "../cli/run-crimg.js";
import { image } from "../cli/to-rev-2.js";
import { workplaces } from "../cli/workplace.js";
import { oneIn } from "../share.js";

const place = workplaces()();
const tiny = "samples/cr-1/v5p2-tiny.img";
const damaged = "samples/cr-2/v6-pipe.img";

/** Behind a shell that changes its descriptors first. */
const shell = (redirection: string): readonly string[] => ["sh", "-c", `exec "$@" ${redirection}`, "sh"];

/** Runs that print, and what they end with. */
const printing: readonly (readonly [number, readonly string[]])[] = [
  [0, ["dump", tiny]],
  [1, ["dump", damaged, "--json"]],
  [0, ["info", tiny]],
  [0, ["verify", tiny]],
  [1, ["verify", damaged, tiny, "--jobs", "2", "--sarif"]],
  [0, ["convert", tiny, "-o", "-"]],
  [0, ["convert", tiny, "-n", "-q", "--json"]],
  [1, ["decode", damaged]],
  [0, ["encode", place.path("lines"), "-o", "-"]],
  [0, ["split", tiny, "--into", place.path("split"), "--force"]],
  [0, ["join", tiny, "-o", "-"]],
  [0, ["formats"]],
  [0, ["completion", "bash"]],
  [0, ["--help"]],
  [0, ["convert", "--help"]],
  [0, ["--version"]],
];

beforeAll(async () => {
  await runCrimg(["decode", tiny, "-o", place.path("lines")]);
});

describe.runIf(existsSync("/dev/full")).concurrent("stdout that is full", () => {
  test.each(oneIn(5, printing))("%i otherwise: crimg %j", async (_, args) => {
    const ran = await place.spawnCrimg(args, { behind: shell("> /dev/full") });
    expect(ran).toMatchObject({
      status: 3,
      stderr: "crimg: stdout: cannot write: no space left on device (ENOSPC)\n",
    });
  });
});

describe.concurrent("descriptors that are closed change nothing but what is heard:", () => {
  const runs = [
    ...printing,
    [1, ["dump", "LICENSE"]],
    [2, ["dump", tiny, "--depth", "x"]],
    [3, ["dump", "missing.img"]],
    [3, ["verify", "missing.img", tiny]],
  ] as const;

  const closings = ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"];
  const ways = runs.flatMap(([status, args]) => closings.map(closed => [closed, status, args] as const));

  test.each(oneIn(11, ways))("%s %i: crimg %j", async (closed, status, args) => {
    const ran = await place.spawnCrimg(args, { behind: shell(closed) });
    expect(ran.status).toBe(status);
    expect(ran.stderr).not.toContain("bug");
  });
});

describe.concurrent("the exit code is the same where stderr", () => {
  const talking: readonly (readonly [number, readonly string[]])[] = [
    [0, ["convert", tiny, "-n"]],
    [1, ["dump", "LICENSE"]],
    [1, ["decode", damaged]],
    [2, ["dump", tiny, "--depth", "x"]],
    [3, ["verify", "missing.img", tiny]],
  ];

  test.runIf(existsSync("/dev/full")).each(oneIn(2, talking))(
    "is full, %i: crimg %j",
    async (status, args) => {
      expect((await place.spawnCrimg(args, { behind: shell("2> /dev/full") })).status).toBe(status);
    },
  );

  test.each(oneIn(2, talking))("has no reader any more, %i: crimg %j", async (status, args) => {
    // The reader has gone before crimg begins, however long that takes.
    const gone = ["sh", "-c", '{ sleep 0.1; "$@" 2>&1 >/dev/null 3>&-; echo $? >&3; } | true', "sh"];
    const ran = await place.spawnCrimg(args, { behind: gone });
    expect(ran.extra).toBe(`${status}\n`);
  });

  test("is full, and what is written is whole", async () => {
    const input = place.put("in.img", image);
    const args = ["convert", input, "-o", place.path("out.img")];
    const ran = await place.spawnCrimg(args, { behind: shell("2> /dev/full") });
    expect(ran.status).toBe(0);
    expect(place.bytes("out.img")).toEqual(image);
  });
});
