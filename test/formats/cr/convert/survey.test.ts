import { expect, test } from "vitest";
import { goalOf } from "../../../../src/formats/cr/convert/goal.js";
import { CrSurveyor } from "../../../../src/formats/cr/convert/survey.js";
import { cr3b } from "../../../../src/formats/cr/cr-3b.js";
import { bytesSource } from "../../../../src/source/source.js";
import { walkSync } from "../../../engines.js";
import { samples } from "../../../image/samples.js";

const target = { dialect: cr3b, series: "v13" };

// A file can hold thousands of images, and what is read of it at once is a thousand times what is known of one.
test.each(samples.filter(({ name }) => /fpu/.test(name)))(
  "what is known of $name holds no view of the bytes that were read",
  ({ bytes }) => {
    let surveyor: CrSurveyor | undefined;
    for (const item of walkSync(bytesSource(bytes))) {
      if (item.kind === "gap") continue;
      surveyor ??= new CrSurveyor(item.image, target, goalOf({}, target));
      surveyor.see(item);
    }
    expect(buffersIn(surveyor)).not.toContain(bytes.buffer);
    expect(buffersIn(surveyor!.survey())).toEqual([]);
  },
);

/** The memory that everything within the value keeps. */
function buffersIn(value: unknown, seen = new Set<unknown>()): ArrayBufferLike[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.values(value).flatMap(member => buffersIn(member, seen));
}
