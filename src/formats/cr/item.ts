import type { GapItem, Header, Item, RawItem, RecordItem, UnknownItem } from "../../stream/item.js";
import type { RecordFields, RecordName } from "./records.js";

/** The items of an image of this format: `name` tells which fields a record has. */
export type CrItem = CrRecord | RawItem | UnknownItem | GapItem;
export type CrRecord = { [N in RecordName]: RecordOf<N> }[RecordName];
export type RecordOf<N extends RecordName> = RecordItem<N, RecordFields[N]> & { readonly header: CrHeader };
/** `parent` is a pid or an objref, 0 in most records. */
export type CrHeader = Header & { readonly parent: number };

/** True for a record of this name in an image of this format; its fields have their types then. */
export function isCr<N extends RecordName>(item: Item, name: N): item is RecordOf<N> {
  return item.kind === "record" && item.name === name && item.image.format.id === "cr";
}
