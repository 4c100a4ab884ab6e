import type { Abi } from "../codec/abi.js";
import type { BoundTable } from "../codec/table.js";
import type {
  Change,
  EmitPiece,
  NamedPiece,
  Piece,
  RawPiece,
  RecordPiece,
  Stage,
} from "../formats/convert-piece.js";
import type { Dialect } from "../stream/dialect.js";
import type { Fields, Item } from "../stream/item.js";

/** An item of the walk as the conversion sees it. */
export function pieceOf(item: Item): Piece {
  const { path, offset, length } = item;
  switch (item.kind) {
    case "record": {
      const { name, header, fields, bytes, counts } = item;
      return { kind: "record", name, path, header, fields, stored: bytes, counts };
    }
    case "raw": {
      const { name, first, block, bytes } = item;
      return { kind: "raw", name, path, first, body: block.extent ? { offset, length } : bytes };
    }
    default:
      return {
        kind: "plain",
        path,
        type: item.kind === "unknown" ? item.header?.type : undefined,
        body: { offset, length },
      };
  }
}

/** The record with other values, or with others in its header. */
export function changed(
  piece: RecordPiece,
  fields: Fields,
  header: Readonly<Record<string, number>> = {},
): RecordPiece {
  return {
    ...piece,
    fields: { ...piece.fields, ...fields },
    header: { ...piece.header, ...header },
    stored: undefined,
  };
}

/** A record that the source does not have. */
export function inventedRecord(
  name: string,
  path: string,
  fields: Fields,
  header: Readonly<Record<string, number>> = {},
): RecordPiece {
  return { kind: "record", name, path, header, fields, stored: undefined, counts: [] };
}

/** A raw block that the source does not have. */
export function inventedBlock(name: string, path: string, body: Uint8Array): RawPiece {
  return { kind: "raw", name, path, first: 0, body };
}

/** The bytes of a block that is small enough to be at hand; none of page contents. */
export function bytesOf({ body }: RawPiece): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}

/** The layout of a raw block's elements; undefined if it has none. */
export function elementTable({ automaton }: Dialect, abi: Abi, block: string): BoundTable | undefined {
  return automaton.places
    .flatMap(({ raw }) => raw)
    .find(({ name }) => name === block)
    ?.element?.at(abi);
}

/** Where a piece, or a field of it, is in the report. */
export function reportPlace(
  { path, name }: NamedPiece,
  field: string | null = null,
): Pick<Change, "path" | "record" | "field"> {
  return { path, record: name, field };
}

/** The stages one behind the other. */
export function pipeline(stages: readonly Stage[], end: EmitPiece): EmitPiece {
  return stages.reduceRight((emit, stage) => stage(emit), end);
}
