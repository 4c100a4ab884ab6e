import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { sampleBytes, samples } from "../format/samples.js";
import { concat, recordNamed } from "../image/splice.js";
import { oneIn } from "../share.js";
import { runCrimg } from "./run-crimg.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let folders = 0;

/** An empty folder, and names in it. */
function place() {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  return {
    folder,
    path: (name: string) => join(folder, name),
    put(name: string, content: Uint8Array | string) {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    names: () => readdirSync(folder).sort(),
    bytes: (name: string) => new Uint8Array(readFileSync(join(folder, name))),
  };
}

const tree = "samples/cr-3a/v9-tree.img";
const pipe = "samples/cr-2/v6-pipe.img";
const tiny = "samples/cr-1/v6p5-tiny.img";

describe.concurrent("decode and encode give back", () => {
  const few = samples.filter(({ name }) =>
    ["v6p5-tiny", "v6-pipe", "v6-twice", "v9-tree", "v13-xsave-fpu"].includes(name.replace(".img", "")),
  );
  test.each(oneIn(3, few))("$dialect/$name, with the pages in the lines and beside them", async sample => {
    const { path, bytes } = place();
    const image = `samples/${sample.dialect}/${sample.name}`;
    const damage = sample.name === "v6-pipe.img" ? 1 : 0;
    const decoded = await runCrimg(["decode", image, "-o", path("lines"), "--pages", path("pages")]);
    expect(decoded).toMatchObject({ status: damage, stdout: "" });
    const encoded = await runCrimg(["encode", path("lines"), "--pages", path("pages"), "-o", path("image")]);
    expect(encoded).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(bytes("image")).toEqual(sample.bytes);

    const { stdout } = await runCrimg(["decode", image]);
    await runCrimg(["encode", "-", "-o", path("image"), "--force"], { input: Buffer.from(stdout) });
    expect(bytes("image")).toEqual(sample.bytes);
  });

  test("one image of several, and one in a larger file", async () => {
    const { path, put, bytes } = place();
    const twice = sampleBytes("cr-2/v6-twice.img");
    const within = put("within.bin", concat(new Uint8Array(5000), twice));
    const encode = () => runCrimg(["encode", path("lines"), "-o", path("image"), "--force"]);
    await runCrimg(["decode", within, "--image", "1", "-o", path("lines")]);
    await encode();
    expect(bytes("image")).toEqual(twice.subarray(22604));
    await runCrimg(["decode", within, "--at", "5000", "-o", path("lines")]);
    await encode();
    expect(bytes("image")).toEqual(twice);
  });

  test("page contents from stdin", async () => {
    const { path, bytes } = place();
    await runCrimg(["decode", tree, "-o", path("lines"), "--pages", path("pages")]);
    const args = ["encode", path("lines"), "--pages", "-", "-o", path("image")];
    expect(await runCrimg(args, { input: bytes("pages") })).toMatchObject({ status: 0, stderr: "" });
    expect(bytes("image")).toEqual(sampleBytes("cr-3a/v9-tree.img"));
  });
});

describe.concurrent("a run that fails leaves nothing behind:", () => {
  type Place = ReturnType<typeof place>;
  type Make = (at: Place) => readonly string[];
  const cases: [string, number, string, Make][] = [
    [
      "decode of no image",
      1,
      "not a checkpoint image",
      ({ path, put }) => ["decode", put("in", "text"), "-o", path("out"), "--pages", path("out2")],
    ],
    ["decode of nothing", 3, "no such file", ({ path }) => ["decode", path("in"), "-o", path("out")]],
    [
      "decode of an image that is not there",
      2,
      "there is no image 7",
      ({ path }) => ["decode", tree, "--image", "7", "-o", path("out"), "--pages", path("out2")],
    ],
    [
      "decode into a folder that is not there",
      3,
      "no such folder",
      ({ path }) => ["decode", tree, "-o", path("out"), "--pages", path("no/out2")],
    ],
    [
      "decode into one file",
      2,
      "lines and page contents cannot go to the same file",
      ({ path, folder }) => ["decode", tree, "-o", path("out"), "--pages", `${folder}/./out`],
    ],
    [
      "decode with pages to stdout",
      2,
      "not stdout",
      ({ path }) => ["decode", tree, "-o", path("out"), "--pages", "-"],
    ],
    [
      "encode of lines that are wrong",
      1,
      "expected a value, found n (line 1 column 1)",
      ({ path, put }) => ["encode", put("in", "nope"), "-o", path("out")],
    ],
    [
      "the same, counted",
      1,
      "expected a value, found n (line 1 column 1)",
      ({ path, put }) => ["encode", put("in", "nope"), "-o", path("out"), "--fix-counts"],
    ],
    [
      "encode of nothing",
      1,
      "there are no lines",
      ({ path, put }) => ["encode", put("in", ""), "-o", path("out"), "--fix-counts"],
    ],
    [
      "encode without the pages",
      2,
      "no file with them is given (--pages)",
      ({ path, put }) => ["encode", put("in", beside.lines), "-o", path("out")],
    ],
    [
      "encode with too few pages",
      1,
      "ends after 100000 bytes",
      ({ path, put }) =>
        withPages(put("in", beside.lines), put("pages", new Uint8Array(100_000)), path("out")),
    ],
    [
      "encode with too many",
      1,
      "has 1 bytes more than the 114688 that the lines take",
      ({ path, put }) =>
        withPages(put("in", beside.lines), put("pages", new Uint8Array(114_689)), path("out")),
    ],
    [
      "encode with pages that are not there",
      3,
      "no such file",
      ({ path, put }) => withPages(put("in", beside.lines), path("no"), path("out")),
    ],
    ["encode to nowhere", 2, "where to? -o FILE, or -o - for stdout", ({ put }) => ["encode", put("in", "")]],
    [
      "encode of two things from stdin",
      2,
      "cannot both come from stdin",
      ({ path }) => ["encode", "-", "--pages", "-", "-o", path("out")],
    ],
  ];
  const beside = { lines: "" };
  const withPages = (lines: string, pages: string, image: string) => {
    return ["encode", lines, "--pages", pages, "-o", image];
  };

  beforeAll(async () => {
    beside.lines = (await runCrimg(["decode", tree, "--pages", "none"])).stdout;
  });

  test.each(cases)("%s", async (_, status, message, make) => {
    const at = place();
    const args = make(at);
    const before = at.names();
    const ran = await runCrimg(args);
    expect(ran.stderr).toMatch(/^crimg: .+\n$/);
    expect(ran.stderr).toContain(message);
    expect(ran).toMatchObject({ status, stdout: "" });
    expect(at.names()).toEqual(before);
  });
});

describe.concurrent("what is there stays there:", () => {
  test("encode replaces a file only with --force", async () => {
    const { path, put, bytes, names } = place();
    await runCrimg(["decode", tiny, "-o", path("lines")]);
    put("image", "from before");
    const refused = await runCrimg(["encode", path("lines"), "-o", path("image")]);
    expect(refused).toMatchObject({ status: 3, stdout: "" });
    expect(refused.stderr).toContain("is there already; --force replaces it");
    expect(Buffer.from(bytes("image")).toString()).toBe("from before");
    expect(await runCrimg(["encode", path("lines"), "-f", "-o", path("image")])).toMatchObject({ status: 0 });
    expect(bytes("image")).toEqual(sampleBytes("cr-1/v6p5-tiny.img"));
    expect(names()).toEqual(["image", "lines"]);
  });

  const links: [string, (from: string, to: string) => void][] = [
    ["by its name", () => {}],
    ["by a hard link", linkSync],
    ["by a symbolic link", symlinkSync],
  ];

  test.each(links)("what is read is never written, %s", async (_, link) => {
    const { path, bytes } = place();
    copyFileSync(tiny, path("image"));
    await runCrimg(["decode", path("image"), "-o", path("lines"), "--pages", path("pages")]);
    const before = ["image", "lines", "pages"].map(bytes);
    const refused = async (args: string[], input: string) => {
      const target = path(`${input}${link.name === "" ? "" : args.length}`);
      if (target !== path(input)) link(path(input), target);
      const ran = await runCrimg([...args, target]);
      expect(ran).toMatchObject({ status: 2, stdout: "" });
      expect(ran.stderr).toContain("is also the input");
    };
    await refused(["decode", path("image"), "-o"], "image");
    await refused(["decode", path("image"), "-o", path("other"), "--pages"], "image");
    await refused(["encode", path("lines"), "--pages", path("pages"), "--force", "-o"], "lines");
    await refused(
      ["encode", path("lines"), "--pages", path("pages"), "--force", "--fix-counts", "-o"],
      "pages",
    );
    expect(["image", "lines", "pages"].map(bytes)).toEqual(before);
  });

  test("a folder that cannot be written to", async () => {
    const { folder, path, names } = place();
    chmodSync(folder, 0o500);
    const ran = await runCrimg(["decode", tiny, "-o", path("no/out")]);
    expect(ran.status).toBe(3);
    chmodSync(folder, 0o700);
    expect(names()).toEqual([]);
  });
});

describe.concurrent("decode of a damaged image", () => {
  test("writes all of it, says what is wrong, and is 1", async () => {
    const { path, bytes } = place();
    const ran = await runCrimg(["decode", pipe, "-o", path("lines")]);
    expect(ran).toMatchObject({ status: 1, stdout: "" });
    expect(ran.stderr).toBe((await runCrimg(["dump", pipe, "-o", path("dump")])).stderr);
    await runCrimg(["encode", path("lines"), "-o", path("image")]);
    expect(bytes("image")).toEqual(sampleBytes("cr-2/v6-pipe.img"));
  });

  test("tells the first errors, and how many more there are", async () => {
    const { path, put } = place();
    const cut = sampleBytes("cr-2/v6-tiny.img");
    const one = cut.subarray(0, recordNamed(cut, "MM").offset);
    const image = put("image", concat(...Array.from({ length: 30 }, () => one)));
    const { stderr } = await runCrimg(["decode", image, "-o", path("lines")]);
    expect(stderr.trim().split("\n")).toHaveLength(21);
    expect(stderr).toMatch(/: and 10 more\n$/);
  });
});
