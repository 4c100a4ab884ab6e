import * as completion from "./completion.js";
import * as convert from "./convert.js";
import * as decode from "./decode.js";
import * as dump from "./dump.js";
import * as encode from "./encode.js";
import * as formats from "./formats.js";
import * as info from "./info.js";
import * as join from "./join.js";
import * as split from "./split.js";
import * as verify from "./verify.js";

/**
 * Every command, in the order of the help. What its help and its options need beside the module itself, its `load`
 * brings.
 */
export const commands = [
  dump,
  info,
  verify,
  convert,
  decode,
  encode,
  split,
  join,
  formats,
  completion,
] as const;

/** Loads what the commands need that are named among these words: for help, completion, and the command itself. */
export async function loadNamed(words: readonly string[]): Promise<void> {
  for (const command of commands) {
    if ("load" in command && words.includes(nameOf(command))) await command.load();
  }
}

/** `dump` of `dump <file>`. */
export function nameOf({ command }: { readonly command: string }): string {
  return command.split(" ")[0]!;
}
