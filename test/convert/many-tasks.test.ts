import { describe, expect, it } from "vitest";
import { cr3a } from "../../src/formats/cr/cr-3a.js";
import { makeImage } from "../image/made-image.js";
import { convertBytes } from "./converter.js";
import { damageOf, partsOf } from "./parts.js";

const tasks = (count: number) => Array.from({ length: count }, (_, i) => ({ pid: i + 1, areas: [] }));

/** What the image says of its tasks' ids. */
function idsIn(bytes: Uint8Array): string {
  return partsOf(bytes).find(({ name }) => name === "pids")!.values["bytes"]!;
}

describe("A task taken out of many", () => {
  it("keeps its ids, though they stand beyond the first 64 KiB of them", () => {
    const { bytes } = convertBytes(makeImage(cr3a, { tasks: tasks(5000) }), { to: "cr-3b", task: 4500 });
    expect(damageOf(bytes)).toEqual([]);
    expect(idsIn(bytes)).toBe("vpid 4500 vtgid 4500 vppid 1");
  });

  it("is given ids of its own where cr_write_pids repeated those of the first 256 tasks", () => {
    const pids = Array.from({ length: 300 }, (_, i) => (i % 256) + 1);
    const image = makeImage(cr3a, { tasks: tasks(300), pids });
    const { bytes, report } = convertBytes(image, { to: "cr-3b", task: 280, ppid: 7 });
    expect(idsIn(bytes)).toBe("vpid 280 vtgid 280 vppid 7");
    expect(
      report.entries.filter(({ record, kind }) => record === "pids" && kind === "invented"),
    ).toHaveLength(1);
  });

  it("has the whole array with it when all of them go", () => {
    const image = makeImage(cr3a, { tasks: tasks(5000) });
    const { bytes } = convertBytes(image, { to: "cr-3b" });
    expect(damageOf(bytes)).toEqual([]);
    expect(bytes.length).toBe(image.length);
    expect(Buffer.compare(convertBytes(bytes, { to: "cr-3a" }).bytes, image)).toBe(0);
  });
});
