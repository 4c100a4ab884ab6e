import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";

/** What a command does with its arguments: returns the exit code. */
export type Run<A> = (args: A) => number | Promise<number>;

/** Stands for `-` while yargs looks at the arguments, which would make an empty string of it. */
const STDIN_ARGUMENT = "\0stdin";

/** `--repair` takes its list behind `=` only; yargs would take the file that follows for it. */
const shorthands: Record<string, string> = { "-": STDIN_ARGUMENT, "--repair": "--repair=all" };

/**
 * Arguments as yargs can take them: `-` hidden from it, and what stands behind `--` made to look like the file names it
 * is. See `inputName` for the way back.
 */
export function prepareArguments(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  const options = end < 0 ? argv : argv.slice(0, end);
  const names = end < 0 ? [] : argv.slice(end + 1);
  return [
    ...options.map(argument => shorthands[argument] ?? argument),
    ...names.map(name => (name === "-" ? STDIN_ARGUMENT : name.startsWith("-") ? `./${name}` : name)),
  ];
}

/** The file name that was given; `-` for stdin. */
export function inputName(argument: string): string {
  if (argument === "") throw new CrimgError("usage", "a file name is empty");
  return argument === STDIN_ARGUMENT ? "-" : argument;
}

/** The same for an output, which need not be given; `-` for stdout. */
export function outputName(argument: string | undefined): string | undefined {
  return argument === undefined ? undefined : inputName(argument);
}

/** A whole number, decimal or 0x hex, not negative. yargs would let `abc` pass as NaN. */
export function wholeNumber(option: string): (text: string | undefined) => number | undefined {
  return text => {
    if (text === undefined) return undefined;
    const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    throw new CrimgError("usage", `--${option} takes a whole number (4096 or 0x1000), found "${text}"`);
  };
}

/** A whole number from 1 on. */
export function atLeastOne(option: string): (text: string | undefined) => number | undefined {
  return text => {
    const value = wholeNumber(option)(text);
    if (value === 0) throw new CrimgError("usage", `--${option} takes a number from 1 on, found "${text}"`);
    return value;
  };
}

/** `--jobs`, of commands that take several images. */
export function jobsOption<T>(yargs: Argv<T>) {
  return yargs.option("jobs", {
    alias: "j",
    type: "string",
    requiresArg: true,
    coerce: atLeastOne("jobs"),
    describe: "images that are read at the same time; default: 1",
  });
}

/** Options that every command on images has. */
export function imageOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("at", {
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("at"),
      describe: "take the image whose head stands at this byte offset (decimal or 0x hex)",
    })
    .option("image", {
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("image"),
      describe: "of several images in the file take this one, counted from 0",
    })
    .option("progress", {
      type: "boolean",
      describe: "how far it has come, on stderr, or --no-progress; default: if that is a terminal",
    })
    .option("dialect", {
      type: "string",
      requiresArg: true,
      describe: "read the image as this dialect, whatever its bytes say (see crimg formats)",
    });
}

/** `--color` and `--output`. */
export function outputOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("color", {
      type: "boolean",
      describe: "colours, or --no-color; default: if stdout is a terminal",
    })
    .option("output", {
      alias: "o",
      type: "string",
      requiresArg: true,
      coerce: outputName,
      describe: "write to this file, which appears only when it is complete",
    });
}
