import { expect, test } from "vitest";
import { bytesSource, type SyncSource } from "../../src/source/source.js";
import { dump } from "../engines.js";
import { sampleBytes } from "../format/samples.js";
import { countingSource } from "../image/counting-source.js";
import { concat } from "../image/splice.js";

const tree = sampleBytes("cr-3a/v9-tree.img");

function dumped(source: SyncSource, image?: number): string {
  let text = "";
  const write = (piece: string) => {
    text += piece;
  };
  dump(source, write, { ...(image !== undefined && { image }) });
  return text;
}

test("an input is read once for its tree and the summary above it", () => {
  const { source, bytesRead } = countingSource(tree);
  expect(dumped(source)).toContain("tasks    5");
  expect(bytesRead()).toBeLessThan(1.5 * tree.length);
});

test.each([2, 50])("of %d images each has its summary above its own lines", count => {
  const images = bytesSource(concat(...Array.from({ length: count }, () => tree)));
  const alone = Array.from({ length: count }, (_, image) => dumped(images, image));
  const together = dumped(images);
  // The larger one is more than is held back.
  expect(together.length > 1024 * 1024).toBe(count === 50);
  expect(together).toBe(alone.join("\n"));
});
