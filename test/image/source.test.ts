import { expect, test } from "vitest";
import { pullSource } from "../../src/source/source.js";

test("a pipe's bytes stay what they were when its buffer is used again", () => {
  const chunk = Buffer.alloc(4);
  let next = 0;
  const source = pullSource(() => (next < 4 ? chunk.fill(++next) : undefined));
  const first = source.read(0, 8);
  const second = source.read(6, 8);
  expect([...first]).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
  expect([...second]).toEqual([2, 2, 3, 3, 3, 3, 4, 4]);
});

test("a pipe gives fewer bytes only at its end, and tells where that was", () => {
  let pulled = 0;
  const source = pullSource(() => (pulled++ === 0 ? new Uint8Array([1, 2, 3]) : undefined));
  expect([...source.read(1, 8)]).toEqual([2, 3]);
  expect([...source.read(100, 8)]).toEqual([]);
  expect(source.seen).toBe(3);
});

test("a pipe cannot be read backwards, and says how far it has come", () => {
  const source = pullSource(() => new Uint8Array(16));
  source.read(16, 4);
  expect(() => source.read(8, 4)).toThrow("this input can only be read forward: at 0x10 already (at 0x8)");
});
