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
