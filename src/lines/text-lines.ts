import { CrimgError } from "../errors.js";
import { LINE_MOST } from "./limits.js";
import { lineError } from "./line.js";

/** JSON Lines as they come: bytes or text, in pieces of any size. */
export type LineChunks = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** Lines of text that follow each other. */
export interface TextLines {
  readonly lines: readonly string[];
  /** Number of the first one, counted from 1. */
  readonly first: number;
}

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = "\ufeff";
/** Bytes looked at together. */
const PIECE = 64 * 1024;
const toUtf8 = new TextEncoder();

/**
 * The lines of the input, a piece of it at a time. Throws `malformed` for a line that is too long, or not UTF-8; it is
 * thrown when the lines before have been taken.
 */
export async function* textLines(chunks: LineChunks): AsyncGenerator<TextLines, void, void> {
  const splitter = new LineSplitter();
  for await (const bytes of asBytes(chunks)) {
    for (let at = 0; at < bytes.length; at += PIECE) yield* splitter.add(bytes.subarray(at, at + PIECE));
  }
  yield* splitter.end();
}

/** Text may be parted anywhere, also between the halves of a character. */
async function* asBytes(chunks: LineChunks): AsyncGenerator<Uint8Array, void, void> {
  let half = "";
  for await (const chunk of chunks) {
    if (typeof chunk !== "string") {
      yield chunk;
      continue;
    }
    const text = half + chunk;
    half = HALF_AT_END.exec(text)?.[0] ?? "";
    yield encoded(half === "" ? text : text.slice(0, -1));
  }
  if (half !== "") yield encoded(half);
}

const HALF_AT_END = /[\ud800-\udbff]$/;
const HALF = /\p{Surrogate}/u;

function encoded(text: string): Uint8Array {
  // An encoder would put another character for it, and say nothing.
  const half = HALF.exec(text)?.[0];
  if (half === undefined) return toUtf8.encode(text);
  const code = half.charCodeAt(0).toString(16);
  throw new CrimgError("malformed", `half a character stands in the lines; JSON writes it as \\u${code}`);
}

class LineSplitter {
  private readonly utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** Bytes that have come and are in no line yet. One buffer for all: lines are long, and come by the thousand. */
  private buffer = new Uint8Array(2 * PIECE);
  private length = 0;
  /** Number of the next line. */
  private number = 1;

  *add(piece: Uint8Array): Generator<TextLines, void, void> {
    const begun = this.length;
    this.append(piece);
    const newline = piece.lastIndexOf(NEWLINE);
    if (newline >= 0) {
      const end = begun + newline;
      yield* this.lines(this.buffer.subarray(0, end));
      this.buffer.copyWithin(0, end + 1, this.length);
      this.length -= end + 1;
    }
    if (this.length > LINE_MOST) throw this.tooLong(this.number);
  }

  *end(): Generator<TextLines, void, void> {
    if (this.length > 0) yield* this.lines(this.buffer.subarray(0, this.length));
  }

  private append(piece: Uint8Array): void {
    const { buffer, length } = this;
    if (length + piece.length > buffer.length) {
      this.buffer = new Uint8Array(2 * (length + piece.length));
      this.buffer.set(buffer.subarray(0, length));
    }
    this.buffer.set(piece, length);
    this.length += piece.length;
  }

  private *lines(bytes: Uint8Array): Generator<TextLines, void, void> {
    const first = this.number;
    const text = this.decode(bytes);
    if (text === undefined) {
      yield* this.upToFault(bytes, first);
      return;
    }
    const isMarked = first === 1 && text.startsWith(BYTE_ORDER_MARK);
    const lines = (isMarked ? text.slice(1) : text).split("\n");
    this.number += lines.length;
    const long = lines.findIndex(line => line.length > LINE_MOST);
    yield { lines: long < 0 ? lines : lines.slice(0, long), first };
    if (long >= 0) throw this.tooLong(first + long);
  }

  /** Line by line, to find the one that is not UTF-8. */
  private *upToFault(bytes: Uint8Array, first: number): Generator<TextLines, void, void> {
    for (let at = 0, number = first; at <= bytes.length; number++) {
      const newline = bytes.indexOf(NEWLINE, at);
      const end = newline < 0 ? bytes.length : newline;
      const line = this.decode(bytes.subarray(at, end));
      if (line === undefined) throw lineError(number, "", "the line is not UTF-8");
      yield { lines: [line], first: number };
      at = end + 1;
    }
  }

  private decode(bytes: Uint8Array): string | undefined {
    try {
      return this.utf8.decode(bytes);
    } catch {
      return undefined;
    }
  }

  private tooLong(number: number): Error {
    return lineError(number, "", `the line is longer than ${LINE_MOST} bytes, which no line needs`);
  }
}
