import { Parser } from "binary-parser";
import type { Abi, ByteOrder } from "./abi.js";
import type { Field } from "./field.js";
import type { Shape, Table, Values } from "./table.js";
import { decodeText, trimNuls } from "./text.js";

/** A table's binary-parser parser: reads one payload from the start of `bytes`. */
export interface TableParser<V> {
  parse(bytes: Uint8Array): V;
}

/**
 * The table as a binary-parser `Parser` for images of an abi, for tools that build on that library, and as the second
 * opinion that the tests hold our own decoders against. Its errors carry no offset and it reads short buffers silently:
 * check the length first.
 */
export function parserOf<S extends Shape>(table: Table<S>, abi: Abi | ByteOrder): TableParser<Values<S>> {
  const order = typeof abi === "string" ? abi : abi.order;
  const parser = new Parser();
  for (const { name, field } of table.at(abi).layout) add(parser, name, field, order);
  return { parse: bytes => parser.parse(bytes) as Values<S> };
}

function add(parser: Parser, name: string, field: Field, order: ByteOrder): void {
  // Of the fields that are added from now on.
  parser.endianness(field.order ?? order);
  switch (field.kind) {
    case "u8":
      parser.uint8(name);
      break;
    case "u16":
      parser.uint16(name);
      break;
    case "u32":
      parser.uint32(name);
      break;
    case "s16":
      parser.int16(name);
      break;
    case "s32":
      parser.int32(name);
      break;
    case "u64":
      parser.uint64(name);
      break;
    case "pad":
      if (field.size === 1) parser.uint8(name);
      else if (field.size === 2) parser.uint16(name);
      else parser.uint32(name);
      break;
    case "array": {
      const element = field.element!;
      const { size } = element;
      if (element.kind === "bytes") {
        // binary-parser's arrays hold numbers or parsers, so an array of byte strings is cut from one buffer.
        const cut = (all: Uint8Array) =>
          Array.from({ length: field.count! }, (_, i) => all.subarray(i * size, (i + 1) * size));
        parser.buffer(name, { length: field.size, formatter: cut });
      } else {
        const cell = new Parser();
        add(cell, "cell", element, order);
        const unwrap = (cells: { cell: unknown }[]) => cells.map(({ cell }) => cell);
        parser.array(name, {
          type: cell,
          length: field.count!,
          formatter: unwrap as (item: unknown) => unknown,
        });
      }
      break;
    }
    case "bytes":
      if (field.rest) parser.buffer(name, { readUntil: "eof" });
      else parser.buffer(name, { length: field.size });
      break;
    case "text":
      if (field.rest) parser.buffer(name, { readUntil: "eof", formatter: decodeText as never });
      else
        parser.buffer(name, {
          length: field.size,
          formatter: ((b: Uint8Array) => trimNuls(decodeText(b))) as never,
        });
      break;
  }
}
