import type { RecordItem } from "../../src/stream/item.js";
import { collect, records } from "./collect.js";

/** The parts one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Without `length` bytes at `at`. */
export function without(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return concat(bytes.subarray(0, at), bytes.subarray(at + length));
}

/** With `inserted` at `at`. */
export function withInserted(bytes: Uint8Array, at: number, inserted: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, at), inserted, bytes.subarray(at));
}

/** With `patch` in the place of what stands at `at`. */
export function overwritten(bytes: Uint8Array, at: number, patch: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(patch.subarray(0, Math.max(0, copy.length - at)), at);
  return copy;
}

/** The `nth` record of a name. */
export function recordNamed(bytes: Uint8Array, name: string, nth = 0): RecordItem {
  const found = records(collect(bytes)).filter(item => item.name === name)[nth];
  if (found === undefined) throw new Error(`no ${name} number ${nth} in this image`);
  return found;
}

/** With another number in a field of a record: as many bytes of it, least first, as the field has. */
export function withField(
  bytes: Uint8Array,
  item: RecordItem,
  field: string,
  value: bigint | number,
): Uint8Array {
  const place = item.table.layout.find(({ name }) => name === field);
  if (place === undefined) throw new Error(`${item.name} has no field ${field}`);
  return overwritten(bytes, item.offset + 8 + place.offset, littleEndian(value, place.size));
}

/** With another `len` in the header of a record. */
export function withLen(bytes: Uint8Array, item: RecordItem, len: number): Uint8Array {
  return overwritten(bytes, item.offset + 2, littleEndian(len, 2));
}

/** A number in two's complement, least byte first. */
export function littleEndian(value: bigint | number, size: number): Uint8Array {
  let rest = BigInt.asUintN(8 * size, BigInt(value));
  return Uint8Array.from({ length: size }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
}
