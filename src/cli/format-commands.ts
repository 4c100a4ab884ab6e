import type { FormatCommands } from "../formats/commands.js";

let commands: readonly FormatCommands[] = [];

/**
 * Loads what formats add to the command line. The commands that show it name this as `load`: it is waited for before
 * their words are read, and only then, since the formats take longer to load than node to start.
 */
export async function loadFormatCommands(): Promise<void> {
  const { formats } = await import("../formats/registry.js");
  commands = formats.flatMap(format => format.commands ?? []);
}

/** What each format adds to a command; nothing before it is loaded. */
export function ofFormats<N extends keyof FormatCommands>(name: N): NonNullable<FormatCommands[N]>[] {
  return commands.flatMap(({ [name]: of }) => of ?? []) as NonNullable<FormatCommands[N]>[];
}

/** The examples of each format for a command, as yargs takes them. */
export function examplesOf(name: "dump" | "formats" | "convert"): [string, string][] {
  return ofFormats(name).flatMap(({ examples }) =>
    examples.map(({ command, what }): [string, string] => [command, what]),
  );
}
