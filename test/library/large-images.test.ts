import { describe, expect, test } from "vitest";
import { imageBeyond5GiB } from "../cli/huge-image.js";
import { planSync } from "../convert/converter.js";
import { fileParts } from "../engines.js";
import { countingSource } from "../image/counting-source.js";
import { sample } from "../image/samples.js";
import { sparseLength, sparseSource } from "../image/sparse-bytes.js";

const GIB = 2 ** 30;

test("an image that stands behind 4 GiB of something else is found", () => {
  const { bytes } = sample("v13-tls1");
  const offset = 4 * GIB + 12_345;
  expect([...fileParts(sparseSource([offset, bytes]))]).toEqual([
    { kind: "gap", offset: 0, length: offset },
    { kind: "image", image: 0, offset, length: bytes.length, dialect: "cr-3b" },
  ]);
});

describe("an image of more than 5 GiB", () => {
  const bytes = imageBeyond5GiB();
  const size = sparseLength(bytes);

  test("is converted to its last byte, and its pages are not read for the plan", () => {
    const { source, bytesRead } = countingSource(sparseSource(bytes));
    let written = 0;
    let copied = 0;
    let last = { offset: 0, length: 0 };
    for (const step of planSync(source, { to: "cr-3a" })) {
      if ("bytes" in step) written += step.bytes.length;
      else {
        copied += step.copy.length;
        last = step.copy;
        expect(step.copy.offset + step.copy.length).toBeLessThanOrEqual(size);
      }
    }
    expect(size).toBeGreaterThan(5 * GIB);
    // What the dialects differ in is no matter of length.
    expect(written + copied).toBe(size);
    expect(copied).toBeGreaterThan(5 * GIB);
    expect(size - last.offset - last.length).toBeLessThan(1000);
    expect(bytesRead()).toBeLessThan(64 * 2 ** 20);
  });
});
