import { expect, test } from "vitest";
import { goalOf } from "../../../../src/formats/cr/convert/options.js";
import { Survey } from "../../../../src/formats/cr/convert/survey.js";
import { dialectNamed } from "../../../../src/formats/cr/dialects.js";
import { walkSync } from "../../../../src/index.js";
import { bytesSource } from "../../../../src/source/source.js";
import { samples } from "../../../image/samples.js";

// A file can hold thousands of images, and what is read of it at once is a thousand times what is known of one.
test.each(samples.filter(({ name }) => /fpu/.test(name)))(
  "what is known of $name holds no view of the bytes that were read",
  ({ bytes, dialect: name }) => {
    const dialect = dialectNamed(name);
    const survey = new Survey(0, dialect, goalOf({ to: "cr-3b" }, dialect));
    for (const item of walkSync(bytesSource(bytes))) survey.see(item);
    expect(buffersIn(survey)).not.toContain(bytes.buffer);
  },
);

/** The memory that everything within the value keeps. */
function buffersIn(value: unknown, seen = new Set<unknown>()): ArrayBufferLike[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.values(value).flatMap(member => buffersIn(member, seen));
}
