import { bytesSource } from "../../src/source/source.js";
import { decodeLinesSync } from "../engines.js";
import { image } from "./to-rev-2.js";

/** The arguments of each command that reads an image, or the lines of one, and writes to `output`. */
export const readingCommands: Readonly<Record<string, (input: string, output: string) => string[]>> = {
  dump: (input, output) => ["dump", "--jsonl", input, "-o", output],
  info: (input, output) => ["info", "--json", input, "-o", output],
  verify: (input, output) => ["verify", "--jsonl", input, "-o", output],
  convert: (input, output) => ["convert", "-q", input, "-o", output],
  decode: (input, output) => ["decode", input, "-o", output],
  encode: (input, output) => ["encode", input, "-o", output],
  split: (input, output) => ["split", input, "--into", output],
  join: (input, output) => ["join", input, "-o", output],
};

const lines = Buffer.from(`${[...decodeLinesSync(bytesSource(image))].join("\n")}\n`);

/** What such a command reads: encode lines, the others the image. */
export const inputOf = (command: string): Uint8Array => (command === "encode" ? lines : image);
