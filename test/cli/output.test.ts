import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { expect, test } from "vitest";
import { writeOutput } from "../../src/cli/output.js";
import { makeTempFolder } from "../../src/cli/temp-folder.js";
import { workplaces } from "./workplace.js";

const newWorkplace = workplaces();
const MIB = 2 ** 20;

test("what a killed run left under the name of our temporary file stays, and is not in the way", () => {
  const place = newWorkplace();
  const left = place.put(`.out.${process.pid}.tmp`, "left");
  writeOutput(place.path("out"), write => write("new"));
  expect(readFileSync(place.path("out"), "utf8")).toBe("new");
  expect(readFileSync(left, "utf8")).toBe("left");
  expect(readdirSync(place.folder)).toHaveLength(2);
});

test("nor is a folder of one", () => {
  const place = newWorkplace();
  const first = makeTempFolder(place.folder);
  const second = makeTempFolder(place.folder);
  expect(second.path).not.toBe(first.path);
  second.remove();
  expect(existsSync(first.path)).toBe(true);
  first.remove();
  expect(readdirSync(place.folder)).toEqual([]);
});

test("a temporary file that somebody removes is an error of writing, and no bug", () => {
  const place = newWorkplace();
  const removing = () =>
    writeOutput(place.path("out"), write => {
      write(Buffer.from("new"));
      for (const name of readdirSync(place.folder)) rmSync(place.path(name));
    });
  expect(removing).toThrow(`${place.path("out")}: cannot write: `);
  expect(readdirSync(place.folder)).toEqual([]);
});

test.each([
  ["at the end", [MIB, 64 * MIB]],
  ["at the start", [0, 64 * MIB, 100]],
  ["between bytes", [5000, 64 * MIB, 5000]],
  ["and nothing else", [0, 64 * MIB]],
])("zeros %s are in the file, and take no room", (_, [before, zeros, after = 0]) => {
  const place = newWorkplace();
  const target = place.path("out");
  const parts = [Buffer.alloc(before!, 1), Buffer.alloc(zeros!), Buffer.alloc(after, 2)];
  writeOutput(target, write => parts.forEach(write));
  expect(Buffer.concat(parts).equals(readFileSync(target))).toBe(true);
  // Where the file system has holes.
  const probe = place.path("probe");
  writeOutput(probe, write => write(Buffer.alloc(MIB)));
  if (statSync(probe).blocks === 0) expect(statSync(target).blocks * 512).toBeLessThan(2 * MIB);
});

test("a file grows beyond 4 GiB with what is written to it, and takes no room for zeros", () => {
  const place = newWorkplace();
  const target = place.path("out");
  const zeros = Buffer.alloc(64 * MIB);
  const end = Buffer.from("the end");
  writeOutput(target, write => {
    for (let i = 0; i < 65; i++) write(zeros);
    write(end);
  });
  const { size, blocks } = statSync(target);
  expect(size).toBe(65 * 64 * MIB + end.length);
  const written = Buffer.alloc(end.length);
  const fd = openSync(target, "r");
  readSync(fd, written, 0, written.length, 65 * 64 * MIB);
  closeSync(fd);
  expect(written).toEqual(end);
  const probe = place.path("probe");
  writeOutput(probe, write => write(Buffer.alloc(MIB)));
  if (statSync(probe).blocks === 0) expect(blocks * 512).toBeLessThan(2 * MIB);
});
