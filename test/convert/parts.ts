import { createHash } from "node:crypto";
import { isStale } from "../../src/codec/field.js";
import type { RecordOf } from "../../src/formats/cr/item.js";
import { elements, type Item, type RawItem, type RecordItem } from "../../src/stream/item.js";
import { collect, errors } from "../image/collect.js";

/** A record, a raw block or bytes that nothing claims, by what the kernel gave a value there. */
export interface Part {
  readonly path: string;
  /** Of the record or raw block; `unknown` and `gap` for the rest. */
  readonly name: string;
  /** By field; `type` and `parent` of its header; `bytes` of a block, long ones as a digest. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The parts of an image in order. Padding, stale bytes and fields that another field says to be stale are left out. FPU
 * state is a part of its own with its `has_fxsr`, whether it stands in CPU or behind it.
 */
export function partsOf(bytes: Uint8Array): Part[] {
  const walked = collect(bytes);
  if (walked.error !== undefined) throw walked.error;
  const { items } = walked;
  const arch = items.find(item => item.kind === "record" && item.name === "HEAD_ARCH") as
    | RecordOf<"HEAD_ARCH">
    | undefined;
  return merged(items).flatMap(item => {
    const values = valuesOf(item, bytes);
    const part = { path: item.path, name: "name" in item ? item.name : item.kind, values };
    if (part.name === "xstate")
      return [{ ...part, values: { ...values, has_fxsr: String(arch?.fields.has_fxsr) } }];
    return part.name === "CPU" ? fpuApart(part) : [part];
  });
}

function fpuApart(cpu: Part): Part[] {
  const { xstate, has_fxsr, ...values } = cpu.values;
  if (xstate === undefined) return [cpu];
  return [
    { ...cpu, values },
    { path: `${cpu.path}.xstate`, name: "xstate", values: { bytes: xstate, has_fxsr: String(has_fxsr) } },
  ];
}

/** What the walk holds against an image: nothing, if it is sound. */
export function damageOf(bytes: Uint8Array): string[] {
  const walked = collect(bytes);
  return [
    ...(walked.error === undefined ? [] : [walked.error.message]),
    ...errors(walked).map(({ message, path }) => `${path}: ${message}`),
  ];
}

/** Blocks in one piece: the walk hands large ones out in several. */
function merged(items: readonly Item[]): Item[] {
  const whole: Item[] = [];
  for (const item of items) {
    const before = whole.at(-1);
    if (item.kind === "raw" && before?.kind === "raw" && item.first > 0) {
      whole[whole.length - 1] = { ...before, length: before.length + item.length };
    } else whole.push(item);
  }
  return whole;
}

function valuesOf(item: Item, bytes: Uint8Array): Record<string, string> {
  switch (item.kind) {
    case "record":
      return {
        type: String(item.header.type),
        parent: String(item.header["parent"]),
        ...definedFields(item),
      };
    case "raw":
      return { bytes: rawText(item, bytes) };
    default:
      return { bytes: bytesText(bytes.subarray(item.offset, item.offset + item.length)) };
  }
}

/** The fields of a record that the kernel gave a value. */
function definedFields({ table, fields }: RecordItem): Record<string, string> {
  const values = fields as unknown as Record<string, unknown>;
  return Object.fromEntries(
    table.layout
      .filter(({ field }) => !isStale(field, values))
      .map(({ name }) => [name, valueText(values[name])]),
  );
}

/** The elements without their padding, or the bytes. */
function rawText(item: RawItem, bytes: Uint8Array): string {
  const { element } = item.block;
  const own = bytes.subarray(item.offset, item.offset + item.length);
  if (element?.layout.some(({ field }) => field.stale) !== true) return bytesText(own);
  const kept = element.layout.filter(({ field }) => !field.stale).map(({ name }) => name);
  return elements<Record<string, unknown>>({ ...item, bytes: own })
    .map(values => kept.map(name => `${name} ${values[name]}`).join(" "))
    .join(", ");
}

function valueText(value: unknown): string {
  return value instanceof Uint8Array ? bytesText(value) : typeof value === "string" ? value : String(value);
}

/** Short bytes as hex, long ones as a digest: they are only compared. */
function bytesText(bytes: Uint8Array): string {
  if (bytes.length <= 64) return Buffer.from(bytes).toString("hex");
  return `${bytes.length} bytes, sha1 ${createHash("sha1").update(bytes).digest("hex")}`;
}
