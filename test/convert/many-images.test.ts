import { expect, test } from "vitest";
import { samples } from "../format/samples.js";
import { convertBytes } from "./converter.js";

const { bytes: tiny } = samples.find(({ name }) => name === "v5p2-tiny.img")!;

test("many images in one input are converted one behind the other", () => {
  const many = new Uint8Array(Buffer.alloc(300 * tiny.length, tiny));
  const { bytes, report } = convertBytes(many, { to: "cr-1" });
  expect(report.images).toBe(300);
  expect(bytes).toEqual(many);
});

test("more than memory should hold are refused, and the limit is said", () => {
  const many = new Uint8Array(Buffer.alloc(10_001 * tiny.length, tiny));
  expect(() => convertBytes(many, { to: "cr-1" })).toThrow(/more than 10000 images/);
});

test("an input of damaged images is refused at the first of them", () => {
  const many = new Uint8Array(Buffer.alloc(300 * 232, tiny.subarray(0, 232)));
  expect(() => convertBytes(many, { to: "cr-1" })).toThrow(/without TAIL.*\(end at 0xe8\)/);
});
