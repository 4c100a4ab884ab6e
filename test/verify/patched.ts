import type { RecordName } from "../../src/formats/cr/records.js";
import type { RecordItem } from "../../src/stream/item.js";
import { collect, rawBlocks } from "../image/collect.js";
import { sample } from "../image/samples.js";
import { littleEndian, overwritten, recordNamed, withField } from "../image/splice.js";

/** An image, and the place in it where something is to be said. */
export interface Patched {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly path: string;
}

/** A sample with another number in a field of the `nth` record of a name. */
export function fieldSet(
  of: string | Uint8Array,
  name: RecordName,
  field: string,
  value: bigint | number,
  nth = 0,
): Patched {
  const intact = bytesOf(of);
  const record = recordNamed(intact, name, nth);
  const bytes = withField(intact, record, field, value);
  return { bytes, offset: offsetOf(record, field), path: record.path };
}

/** A sample with another `parent` in the header of the `nth` record of a name. */
export function parentSet(of: string, name: RecordName, parent: number, nth = 0): Patched {
  const intact = bytesOf(of);
  const record = recordNamed(intact, name, nth);
  const offset = record.offset + 4;
  return { bytes: overwritten(intact, offset, littleEndian(parent, 4)), offset, path: record.path };
}

/** A sample with other bytes at `at` in the `nth` raw block of a name. */
export function rawSet(of: string, name: string, at: number, patch: Uint8Array, nth = 0): Patched {
  const intact = bytesOf(of);
  const { offset, path } = rawNamed(intact, name, nth);
  return { bytes: overwritten(intact, offset + at, patch), offset: offset + at, path };
}

/** The same image; something is to be said of a record in it, or of a field there. */
export function saidOf({ bytes }: Patched, name: RecordName, field?: string, nth = 0): Patched {
  const record = recordNamed(bytes, name, nth);
  return {
    bytes,
    offset: field === undefined ? record.offset : offsetOf(record, field),
    path: record.path,
  };
}

/** An image that the walk itself has something to say of, at this offset. */
export function noticed(bytes: Uint8Array, rule: string, offset: number): Patched {
  const finding = collect(bytes).findings.find(found => found.rule === rule);
  if (finding === undefined) throw new Error(`the walk does not say "${rule}" of this image`);
  return { bytes, offset, path: finding.path };
}

export function rawNamed(bytes: Uint8Array, name: string, nth = 0) {
  const found = rawBlocks(collect(bytes)).filter(item => item.name === name)[nth];
  if (found === undefined) throw new Error(`no ${name} number ${nth} in this image`);
  return found;
}

export function bytesOf(of: string | Uint8Array): Uint8Array {
  return typeof of === "string" ? sample(of).bytes : of;
}

function offsetOf(record: RecordItem, field: string): number {
  return record.offset + 8 + record.table.layout.find(({ name }) => name === field)!.offset;
}
