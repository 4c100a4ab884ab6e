import type { ByteOrder } from "./abi.js";
import type { Field, IntegerKind } from "./field.js";

/** The methods of DataView that read and write an integer of each kind. */
export const accessors = {
  u8: { get: "getUint8", set: "setUint8" },
  u16: { get: "getUint16", set: "setUint16" },
  u32: { get: "getUint32", set: "setUint32" },
  s16: { get: "getInt16", set: "setInt16" },
  s32: { get: "getInt32", set: "setInt32" },
  u64: { get: "getBigUint64", set: "setBigUint64" },
} as const;

/** The kind of integer that a field is stored as, padding included. Not for bytes, text and arrays. */
export function integerKindOf(field: Field): IntegerKind {
  return field.kind === "pad" ? paddings[field.size]! : (field.kind as IntegerKind);
}

const paddings: Readonly<Record<number, IntegerKind>> = { 1: "u8", 2: "u16", 4: "u32" };

/** True if the field's integers are little-endian in images of this order. */
export function isLittle(field: Field, order: ByteOrder): boolean {
  return (field.order ?? order) === "little";
}
