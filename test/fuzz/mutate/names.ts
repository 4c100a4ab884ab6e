import { header } from "../../../src/formats/cr/records.js";
import { concat, overwritten, withLen } from "../../image/splice.js";
import type { Random } from "../random.js";
import type { Mutator } from "./mutator.js";
import { anyRecord } from "./places.js";

/** What a terminal or a log would act upon, or what is no text at all. */
const hostile: readonly (string | Uint8Array)[] = [
  "\x1b[31m",
  "\x1b]0;title\x07",
  "\x1bP",
  "\r\n2008-11-09 root: ok",
  "\r",
  "\n",
  "\x07",
  "\x08\x08",
  "\x7f",
  "\u009b31m",
  "\u0085",
  "\u202egpj.",
  "\u2066\u2069",
  "\u200b\u200f\u061c\ufeff",
  "\u2028",
  "\\x1b",
  "<script>&\"'",
  '","a":"',
  " (deleted)",
  "__proto__",
  "\0",
  "",
  "日本 😀",
  Uint8Array.of(0xff, 0xfe),
  Uint8Array.of(0xc3, 0x28, 0x80),
  // A surrogate in UTF-8, and one byte of a character.
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xf0, 0x9f),
];
const toUtf8 = new TextEncoder();

function hostileName(random: Random): Uint8Array {
  const parts = Array.from({ length: random.between(1, 4) }, () => random.pick(hostile));
  return concat(...parts.map(part => (typeof part === "string" ? toUtf8.encode(part) : part)));
}

/** A name of the same length: nothing but the name is wrong. */
export const spoilName: Mutator = (image, random) => {
  const record = anyRecord(image, random, ["STRING", "FNAME", "HEAD"]);
  if (record === undefined) return image;
  const texts = record.table.layout.filter(
    ({ field, name }) => field.kind === "text" && name in record.fields,
  );
  if (texts.length === 0) return image;
  const { offset, size } = random.pick(texts);
  const place = record.offset + header.size + offset;
  const room = size > 0 ? size : record.length - header.size - offset;
  const from = random.once(2) ? 0 : random.below(Math.max(1, room));
  return overwritten(image, place + from, hostileName(random).subarray(0, room - from));
};

/** A name of any length, its NUL included or not; `len` tells it. */
export const replaceName: Mutator = (image, random) => {
  const record = anyRecord(image, random, ["STRING", "FNAME"]);
  if (record === undefined) return image;
  const long = random.once(6) ? new Uint8Array(random.pick([300, 4095, 4096, 9000])).fill(0x61) : undefined;
  const end = new Uint8Array(random.once(2) ? 1 : 0);
  const name = concat(hostileName(random), ...(long === undefined ? [] : [long]), end);
  const { offset, length } = record;
  const opened = withLen(image, record, name.length);
  return concat(opened.subarray(0, offset + header.size), name, image.subarray(offset + length));
};
