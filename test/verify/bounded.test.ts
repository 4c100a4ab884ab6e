import { describe, expect, it } from "vitest";
import { encodeTable } from "../../src/codec/table.js";
import { cr2 } from "../../src/formats/cr/cr-2.js";
import { cr3b } from "../../src/formats/cr/cr-3b.js";
import { pids } from "../../src/formats/cr/records.js";
import { AreaList } from "../../src/verify/area-list.js";
import { AREAS_REMEMBERED, TASKS_REMEMBERED } from "../../src/verify/limits.js";
import { NumberSet } from "../../src/verify/number-set.js";
import { makeImage } from "../image/made-image.js";
import { concat, littleEndian, overwritten, recordNamed } from "../image/splice.js";
import { findingsOf } from "./judged.js";
import { bytesOf } from "./patched.js";

const stopped = (bytes: Uint8Array) =>
  findingsOf(bytes).filter(({ rule }) => rule === "check-stopped" || rule.startsWith("ip-"));

describe("verify remembers no more than it says", () => {
  it("of areas: ip and sp are then not judged", () => {
    const image = makeImage(cr2, { tasks: [{ pid: 7, areas: [{ start: 0, end: 4096, chunks: [] }] }] });
    const area = recordNamed(image, "VMA");
    const end = recordNamed(image, "MM_CONTEXT").offset;
    const one = image.subarray(area.offset, end);
    const many = new Uint8Array(one.length * (AREAS_REMEMBERED + 2));
    const view = new DataView(many.buffer);
    for (let i = 0; i < AREAS_REMEMBERED + 2; i++) {
      many.set(one, i * one.length);
      view.setUint32(i * one.length + 16, i * 4096, true);
      view.setUint32(i * one.length + 24, (i + 1) * 4096, true);
    }
    const bytes = concat(image.subarray(0, area.offset), many, image.subarray(end));
    const found = stopped(bytes);
    expect(found.map(({ rule }) => rule)).toEqual(["check-stopped"]);
    expect(found[0]!.message).toContain(String(AREAS_REMEMBERED));
    expect(found[0]!.offset).toBe(area.offset + AREAS_REMEMBERED * one.length);
  });

  it("of tasks", () => {
    const image = bytesOf("v9-tls1");
    const tree = recordNamed(image, "TREE");
    const count = TASKS_REMEMBERED + 5;
    const head = overwritten(image.slice(0, tree.offset + 16), tree.offset + 8, littleEndian(count, 4));
    const entries = new Uint8Array(count * pids.size);
    for (let i = 0; i < count; i++) {
      entries.set(
        encodeTable(pids, { vpid: i + 1, vtgid: i + 1, vppid: i, _pad: 0 }, "little"),
        i * pids.size,
      );
    }
    const found = stopped(concat(head, entries));
    expect(found.map(({ rule, offset }) => [rule, offset])).toEqual([
      ["check-stopped", tree.offset + 16 + TASKS_REMEMBERED * pids.size],
    ]);
    expect(cr3b.rev).toBe(3);
  });

  it("of numbers in a set", () => {
    const set = new NumberSet(100);
    expect([5, 5, 99, 100, -1].map(number => set.add(number))).toEqual([
      "new",
      "known",
      "new",
      "beyond",
      "beyond",
    ]);
    expect([4, 5, 99, 100].map(number => set.has(number))).toEqual([false, true, true, false]);
    set.clear();
    expect(set.has(5)).toBe(false);
  });

  it("of areas in a list, the later one first where they overlap", () => {
    const list = new AreaList();
    for (let i = 0; i < 200; i++) list.add(i * 10, i * 10 + 5, i);
    list.add(0, 5, 999);
    expect([0, 4, 5, 1993].map(address => list.flagsAt(address))).toEqual([999, 999, undefined, 199]);
    list.clear();
    expect(list.flagsAt(0)).toBeUndefined();
  });
});
