import { expect } from "vitest";
import { decodeTable } from "../../../src/codec/table.js";
import { dialectNamed, dialects } from "../../../src/formats/cr/dialects.js";
import { header } from "../../../src/formats/cr/records.js";
import { type BuildItem, buildImage } from "../../../src/stream/build-image.js";
import type { Dialect } from "../../../src/stream/dialect.js";
import { encodeRecord } from "../../../src/stream/encode-record.js";
import { elements, type Item } from "../../../src/stream/item.js";
import { collect } from "../../image/collect.js";
import { anyImage } from "../origins.js";
import { outcomeOf } from "../outcome.js";
import type { Random } from "../random.js";
import type { CaseOptions, Target } from "../target.js";

/** Values that fit no field, or not every one, by a name that a corpus file can hold. */
const values: Readonly<Record<string, unknown>> = {
  "-1": -1,
  "-1n": -1n,
  "0": 0,
  "0n": 0n,
  "1.5": 1.5,
  "2^31": 2 ** 31,
  "2^32": 2 ** 32,
  "2^53": 2 ** 53,
  "2^64n": 2n ** 64n,
  "2^63n": 2n ** 63n,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "1e300": 1e300,
  undefined: undefined,
  null: null,
  true: true,
  string: "12",
  empty: "",
  "half a pair": "\ud800",
  "a byte": "\udcff",
  "long text": "x".repeat(40_000),
  "wide text": "é".repeat(20_000),
  "text of 32767": "x".repeat(0x7fff),
  bytes: Uint8Array.of(1, 2, 3),
  "no bytes": new Uint8Array(0),
  "long bytes": new Uint8Array(40_000),
  list: [1, 2],
  object: { length: 7 },
  "huge length": { length: 2 ** 40 },
  "negative length": { length: -9 },
  function: () => 1,
  symbol: Symbol("odd"),
};

/** Whoever builds an image is told what does not fit. */
export const buildTarget: Target = {
  name: "build",
  property: "buildImage of any values throws CrimgError, or makes an image that says those values",
  input: "image",
  make(random) {
    const input = anyImage(random);
    return { input, options: { to: random.pick(dialects).name, changes: anyChanges(random) } };
  },
  check({ input, options }, calls) {
    const { items } = collect(input);
    const { changes = [], to } = options as { changes?: readonly Change[]; to?: string };
    const parts = items.map(item => partOf(item, input));
    const own = items.find(item => item.kind !== "gap")?.image.dialect;
    if (own === undefined) return;
    const isSame = items.every(item => item.kind === "gap" || item.image.dialect === own);
    if (isSame) expect(Buffer.compare(buildImage(own, parts), input), "built of its own values").toBe(0);

    const changed = changes.reduce(applied, parts);
    outcomeOf(() => calls.timed("buildImage", () => buildImage(own, changed)));
    const other = to === undefined ? own : dialectNamed(to);
    outcomeOf(() => buildImage(other, changed));
    for (const part of changed) expectSays(other, part);
  },
};

/** In the record or block of this number (counted around) the field of this number, or `parent` or `name`, is this. */
interface Change {
  readonly record: number;
  readonly field: number | "parent" | "name";
  readonly value: string;
}

const names = ["VMA", "BUFFER", "xstate", "no such", "", "__proto__", "constructor"];

function anyChanges(random: Random): CaseOptions[string] {
  return Array.from({ length: random.pick([0, 1, 1, 1, 2]) }, () => {
    const record = random.below(1000);
    if (random.once(8)) return { record, field: "name", value: random.pick(names) };
    const field = random.once(8) ? "parent" : random.below(50);
    return { record, field, value: random.pick(Object.keys(values)) };
  });
}

function partOf(item: Item, input: Uint8Array): BuildItem {
  if (item.kind === "record" && item.excess === undefined && item.length === header.size + sizeOf(item)) {
    return { name: item.name, fields: item.fields, header: { parent: item.header["parent"] } } as BuildItem;
  }
  const isOfElements = item.kind === "raw" && item.block.element !== undefined;
  if (isOfElements && item.length % item.block.element!.size === 0) {
    return { raw: item.name, values: elements<object>(item) };
  }
  return { bytes: input.subarray(item.offset, item.offset + item.length) };
}

function sizeOf({ table, header: { len } }: Extract<Item, { kind: "record" }>): number {
  return table.variable ? len : table.size;
}

function applied(parts: readonly BuildItem[], { record, field, value }: Change): BuildItem[] {
  const able = parts.flatMap((part, i) => ("bytes" in part ? [] : [i]));
  const at = able[record % able.length];
  return parts.map((part, i) => (i === at ? spoilt(part, field, value) : part));
}

function spoilt(part: BuildItem, field: Change["field"], value: string): BuildItem {
  if ("bytes" in part) return part;
  if (field === "name") return { ...part, ["name" in part ? "name" : "raw"]: value } as BuildItem;
  if (field === "parent") return { ...part, header: { parent: values[value] } } as BuildItem;
  if ("name" in part) return { ...part, fields: withField(part.fields, field, value) } as BuildItem;
  const at = field % Math.max(1, part.values.length);
  return {
    ...part,
    values: part.values.map((element, i) => (i === at ? withField(element, field, value) : element)),
  };
}

function withField(fields: object, field: number, value: string): object {
  const own = Object.keys(fields);
  return { ...fields, [own[field % own.length] ?? "none"]: values[value] };
}

/** What was taken is what stands there. */
function expectSays(dialect: Dialect, part: BuildItem): void {
  if (!("name" in part)) return;
  const { value: bytes } = outcomeOf(() =>
    encodeRecord(dialect, part.name, part.fields, { header: part.header ?? {} }),
  );
  if (bytes === undefined) return;
  const { type, len, parent } = decodeTable(header, bytes, dialect.abi.order);
  const spec = dialect.byName(part.name)!;
  expect([type, len, parent]).toEqual([spec.type, bytes.length - header.size, part.header?.["parent"] ?? 0]);
  const fields = spec.tableFor(len).decode(new DataView(bytes.buffer), header.size, len);
  expect(part.fields).toMatchObject(fields);
}
