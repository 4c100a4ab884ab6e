import { describe, expect, test } from "vitest";
import { u32 } from "../../src/codec/field.js";
import { counted, group, record, sequence } from "../../src/codec/grammar.js";
import { table } from "../../src/codec/table.js";
import { convertBytes as convertBytesOf } from "../../src/convert/convert.js";
import { loadConvertFacets } from "../../src/convert/facets.js";
import { inventedRecord } from "../../src/convert/piece.js";
import { taskPidsOf } from "../../src/convert/task-pids.js";
import type { ConvertFacet, ConvertOptions, DialectEdge } from "../../src/formats/convert-facet.js";
import type { Format } from "../../src/formats/format.js";
import { formats as known } from "../../src/formats/registry.js";
import { bytesSource } from "../../src/source/source.js";
import { type BuildItem, buildImage } from "../../src/stream/build-image.js";
import type { Dialect } from "../../src/stream/dialect.js";
import { toy, toy1 } from "../formats/toy.js";
import { sample } from "../image/samples.js";
import { concat } from "../image/splice.js";
import { linesOf } from "./report-lines.js";

/** Boxes with a seal before the lid; owners have another number. */
const toy2 = toy1.next("toy-2", {
  rev: 2,
  series: ["three"],
  types: { ...toy1.types, OWNER: 0x112, SEAL: 0x105 },
  tables: {
    ...toy1.tables,
    SEAL: table({ name: "SEAL", struct: "", doc: "", source: "a test" }, { wax: u32("colour") }),
  },
  image: sequence(
    "BOX",
    counted(
      "BOX.owners",
      group("owner", "OWNER", counted("OWNER.shelves", group("shelf", record("SHELF", stuff())))),
    ),
    "NOTE",
    "SEAL",
    "LID",
  ),
});
/** Boxes of which only the name is new. */
const toy3 = toy2.next("toy-3", { series: ["four"] });

function stuff() {
  return { name: "stuff", doc: "", count: "SHELF.pages", stride: 16, extent: true } as const;
}

interface ToyGoal {
  readonly wax: number;
}
/** The owner that gives the seal its colour. */
interface ToySurvey {
  readonly last: number;
}

const seal = (wax: number) => [inventedRecord("SEAL", "seal", { wax })];
const edges: readonly DialectEdge<ToyGoal, ToySurvey>[] = [
  {
    from: toy1,
    to: toy2,
    invents: [
      { before: "LID", make: ({ goal, survey }) => seal(goal.wax + survey.last), why: "a seal is wanted" },
    ],
    refuses: ({ survey }) => (survey.last === 13 ? "nobody seals for 13" : undefined),
  },
  { from: toy2, to: toy1, drops: ["seal"], restores: ({ survey }) => seal(survey.last) },
  { from: toy2, to: toy3 },
  { from: toy3, to: toy2 },
];
const facet: ConvertFacet<ToyGoal, ToySurvey> = {
  edges,
  goalOf: (options: ConvertOptions & { readonly wax?: number }) => ({ wax: options.wax ?? 0 }),
  surveyor() {
    let last = 0;
    return {
      see(item) {
        if (item.kind === "record" && item.name === "OWNER") last = item.fields["pid"] as number;
      },
      survey: () => ({ last }),
    };
  },
  stamp: () => ({}),
  closing: () => inventedRecord("LID", "lid", { sum: 0 }),
  taskPids: items =>
    [...items].flatMap(item =>
      item.kind === "record" && item.name === "OWNER" ? [item.fields["pid"] as number] : [],
    ),
};
const boxes: Format = {
  ...toy,
  dialects: [toy1, toy2, toy3],
  facets: { convert: async () => facet },
};
const formats = [...known, boxes];
const facets = await loadConvertFacets(formats);

function boxOf(dialect: Dialect, wax: number | undefined, pid = 7): Uint8Array {
  const items: BuildItem[] = [
    { name: "BOX", fields: { magic: 0x546f7973, owners: 1 } },
    { name: "OWNER", fields: { pid, shelves: 1, name: "Ann" } },
    { name: "SHELF", fields: { from: 0x1000, pages: 2 } },
    { bytes: new Uint8Array(32).fill(3) },
    { name: "NOTE", fields: { note: Uint8Array.of(1, 2, 3) } },
    ...(wax === undefined ? [] : [{ name: "SEAL", fields: { wax } }]),
    { name: "LID", fields: { sum: 0xbeef } },
  ];
  return buildImage(dialect, items);
}

function converted(bytes: Uint8Array, options: ConvertOptions & { readonly wax?: number }) {
  return convertBytesOf(bytes, formats, facets, options);
}

describe("Boxes are converted by a format that nothing else knows:", () => {
  const plain = boxOf(toy1, undefined);

  test("records get their numbers, and what is missing is invented", () => {
    const { bytes, report } = converted(plain, { to: "toy-2", wax: 100 });
    expect(bytes).toEqual(boxOf(toy2, 107));
    expect(linesOf(report)).toEqual([
      "invented seal SEAL: - -> wax 107",
      "renumbered owner[0] OWNER.type: 258 -> 274",
    ]);
    expect(report).toMatchObject({ from: "toy-1", to: "toy-2", series: "three", lossy: false });
  });

  test("what is dropped is lost, unless the way back would put it there", () => {
    const dropped = (wax: number) => converted(boxOf(toy2, wax), { dialect: "toy-2", to: "toy-1" });
    expect(dropped(7).bytes).toEqual(plain);
    expect(dropped(7).report.lossy).toBe(false);
    expect(linesOf(dropped(8).report)).toContain("dropped seal SEAL: wax 8 -> -, lost");
  });

  test("a way leads over other dialects, and within one nothing changes", () => {
    expect(converted(plain, { to: "toy-3" }).bytes).toEqual(boxOf(toy3, 7));
    expect(converted(plain, {}).bytes).toEqual(plain);
    expect(converted(plain, {}).report.entries).toEqual([]);
  });

  test("one that is cut short is closed", () => {
    const { bytes, report } = converted(plain.subarray(0, plain.length - 12), { partial: true });
    expect(linesOf(report)).toEqual(["dropped note : all from 0x52 on -> -, lost", "invented lid LID"]);
    expect(bytes.subarray(-10)).toEqual(boxOf(toy1, undefined).subarray(-10).fill(0, 6));
    expect(() => converted(plain.subarray(0, plain.length - 12), {})).toThrow(
      /--partial keeps what is whole/,
    );
  });

  test("its owners are the tasks that can be taken out", () => {
    expect(taskPidsOf(bytesSource(plain), formats, facets, {})).toEqual([7]);
  });
});

describe("Refused, and the reason said:", () => {
  test("what the edge refuses", () => {
    expect(() => converted(boxOf(toy1, undefined, 13), { to: "toy-3" })).toThrow(
      /cannot go from toy-1 to toy-3: nobody seals for 13/,
    );
  });

  test("another format, and a second image of another format", () => {
    expect(() => converted(boxOf(toy1, undefined), { to: "cr-2", series: "v8" })).toThrow(
      /no way from toy-1 to cr-2 is known/,
    );
    const two = concat(boxOf(toy1, undefined), sample("v5p2-tiny").bytes);
    expect(() => converted(two, { to: "toy-2" })).toThrow(/no way from cr-1 to toy-2 is known/);
  });

  test("a format that brings nothing to convert", () => {
    const mute = [...known, { ...boxes, facets: {} }];
    expect(() => convertBytesOf(boxOf(toy1, undefined), mute, new Map(), { to: "toy-2" })).toThrow(
      /no way from toy-1/,
    );
  });
});
