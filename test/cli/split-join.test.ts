import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { schemaCheck } from "../dump/schema-check.js";
import { sampleBytes } from "../format/samples.js";
import { concat } from "../image/splice.js";
import { runCrimg } from "./run-crimg.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let folders = 0;

function place() {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  const path = (name: string) => join(folder, name);
  return {
    path,
    put(name: string, content: Uint8Array | string) {
      writeFileSync(path(name), content);
      return path(name);
    },
    names: (below = "") => readdirSync(path(below)).sort(),
    bytes: (name: string) => new Uint8Array(readFileSync(path(name))),
  };
}

const twice = sampleBytes("cr-2/v6-twice.img");
const [one, two] = [twice.subarray(0, 22604), twice.subarray(22604)];
const tiny = sampleBytes("cr-1/v6p5-tiny.img");
const pipe = sampleBytes("cr-2/v6-pipe.img");

describe.concurrent("split", () => {
  test("writes each image to a file of its own, and makes the folder", async () => {
    const { path, put, names, bytes } = place();
    const ran = await runCrimg(["split", put("app.ckpt", twice), "--into", path("a/b")]);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(names("a/b")).toEqual(["app-0.img", "app-1.img"]);
    expect([bytes("a/b/app-0.img"), bytes("a/b/app-1.img")]).toEqual([one, two]);
  });

  test("reads a pipe, and tells what belongs to no image", async () => {
    const { path, names, bytes } = place();
    const input = concat(new Uint8Array(100).fill(0x5a), one, Uint8Array.of(1, 2, 3), tiny);
    const ran = await runCrimg(["split", "-", "--into", path("out")], { input });
    expect(ran.status).toBe(0);
    expect(ran.stderr).toBe(
      "crimg: stdin: 100 bytes at 0x0 belong to no image, and are not written\n" +
        "crimg: stdin: 3 bytes at 0x58b0 belong to no image, and are not written\n",
    );
    expect(names("out")).toEqual(["stdin-0.img", "stdin-1.img"]);
    expect([bytes("out/stdin-0.img"), bytes("out/stdin-1.img")]).toEqual([one, tiny]);
  });

  test("says what it wrote as JSON", async () => {
    const { path, put } = place();
    const file = put("a b%é.img", concat(twice, Uint8Array.of(0)));
    const { stdout } = await runCrimg(["split", file, "--into", path("out"), "--json"]);
    const report = JSON.parse(stdout);
    schemaCheck("split.schema.json")(report, "split --json");
    expect(report).toEqual({
      file,
      images: [
        { image: 0, path: path("out/a b%é-0.img"), offset: 0, length: 22604, dialect: "cr-2" },
        { image: 1, path: path("out/a b%é-1.img"), offset: 22604, length: 22604, dialect: "cr-2" },
      ],
      gaps: [{ offset: 45208, length: 1 }],
    });
  });

  test("of a damaged image writes it as it is, and says what is wrong", async () => {
    const { path, put, bytes } = place();
    const ran = await runCrimg(["split", put("app.img", pipe), "--into", path("out")]);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("the image ends without TAIL");
    expect(bytes("out/app-0.img")).toEqual(pipe);
  });

  test("replaces files only with --force, and none if one is there", async () => {
    const { path, put, names, bytes } = place();
    const file = put("app.img", twice);
    mkdirSync(path("out"));
    put("out/app-1.img", "from before");
    const refused = await runCrimg(["split", file, "--into", path("out")]);
    expect(refused).toMatchObject({ status: 3, stdout: "" });
    expect(refused.stderr).toContain("app-1.img: cannot write: is there already; --force replaces it");
    expect(names("out")).toEqual(["app-1.img"]);
    expect(await runCrimg(["split", file, "--into", path("out"), "--force"])).toMatchObject({ status: 0 });
    expect([bytes("out/app-0.img"), bytes("out/app-1.img")]).toEqual([one, two]);
    expect(names("out")).toEqual(["app-0.img", "app-1.img"]);
  });

  test.each<[string, number, string, string]>([
    ["no image", 1, "text", "not a checkpoint image"],
    ["nothing", 1, "", "the input is empty"],
  ])("of %s makes no folder", async (_, status, content, message) => {
    const { path, put } = place();
    const ran = await runCrimg(["split", put("in", content), "--into", path("out")]);
    expect(ran).toMatchObject({ status, stdout: "" });
    expect(ran.stderr).toContain(message);
    expect(existsSync(path("out"))).toBe(false);
  });

  test("where a folder stands in the way", async () => {
    const { path, put, names } = place();
    const file = put("app.img", twice);
    mkdirSync(path("out/app-0.img"), { recursive: true });
    const ran = await runCrimg(["split", file, "--into", path("out"), "--force"]);
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(names("out")).toEqual(["app-0.img"]);
    const into = await runCrimg(["split", file, "--into", file]);
    expect(into).toMatchObject({ status: 3, stdout: "" });
    expect(into.stderr).toMatch(/^crimg: .*app\.img.*\n$/);
  });

  test("to nowhere", async () => {
    const ran = await runCrimg(["split", "samples/cr-2/v6-twice.img"]);
    expect(ran).toMatchObject({ status: 2, stdout: "", stderr: "crimg: where to? --into FOLDER\n" });
  });
});

describe.concurrent("join", () => {
  test("puts images one behind the other", async () => {
    const { path, put, bytes } = place();
    const files = [put("a", one), put("b", tiny), put("c", twice)];
    const ran = await runCrimg(["join", ...files, files[0]!, "-o", path("out")]);
    expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(bytes("out")).toEqual(concat(one, tiny, twice, one));
  });

  test("is what split took apart", async () => {
    const { path, bytes } = place();
    await runCrimg(["split", "samples/cr-2/v6-twice.img", "--into", path("parts")]);
    const parts = ["parts/v6-twice-0.img", "parts/v6-twice-1.img"].map(path);
    await runCrimg(["join", ...parts, "-o", path("out")]);
    expect(bytes("out")).toEqual(twice);
  });

  test("reads a pipe among files", async () => {
    const { path, put, bytes } = place();
    await runCrimg(["join", put("a", one), "-", "-o", path("out")], { input: tiny });
    expect(bytes("out")).toEqual(concat(one, tiny));
  });

  test.each<[string, number, Uint8Array | string, string]>([
    ["what is no image", 1, "text", "bad: not a checkpoint image"],
    ["what is damaged", 1, pipe, "bad: the image ends without TAIL"],
    ["what is not an image alone", 1, concat(tiny, Uint8Array.of(9)), "bad: 1 bytes belong to no image"],
  ])("refuses %s, and leaves nothing behind", async (_, status, content, message) => {
    const { path, put, names } = place();
    const ran = await runCrimg(["join", put("good", tiny), put("bad", content), "-o", path("out")]);
    expect(ran).toMatchObject({ status, stdout: "" });
    expect(ran.stderr).toContain(message);
    expect(names()).toEqual(["bad", "good"]);
    const piped = await runCrimg(["join", path("good"), path("bad"), "-o", "-"]);
    expect(piped).toMatchObject({ status, stdout: "" });
  });

  test.each<[string, number, (path: (name: string) => string) => string[], string]>([
    ["its own input", 2, path => [path("a"), "-f", "-o", path("a")], "is also the input"],
    ["what is there", 3, path => [path("a"), "-o", path("old")], "--force replaces it"],
    ["nowhere", 2, path => [path("a")], "where to? -o FILE"],
    ["a file, of stdin twice", 2, path => ["-", "-", "-o", path("out")], "stdin can be read only once"],
    ["a file, of one that is not there", 3, path => [path("no"), "-o", path("out")], "no such file"],
  ])("does not write to %s", async (_, status, args, message) => {
    const { path, put, names, bytes } = place();
    copyFileSync("samples/cr-1/v6p5-tiny.img", path("a"));
    put("old", "from before");
    const ran = await runCrimg(["join", ...args(path)]);
    expect(ran).toMatchObject({ status, stdout: "" });
    expect(ran.stderr).toContain(message);
    expect(names()).toEqual(["a", "old"]);
    expect(bytes("a")).toEqual(tiny);
  });
});
