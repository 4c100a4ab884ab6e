import type { Argv, Options } from "yargs";
import { CrimgError } from "../errors.js";
import type { ConvertOption } from "../formats/commands.js";
import { wholeNumber } from "./arguments.js";

/** Adds the options that formats declare. */
export function formatOptions<T>(yargs: Argv<T>, options: readonly ConvertOption[]): Argv<T> {
  for (const option of options) yargs.option(option.flag, { ...typeOf(option), describe: option.describe });
  return yargs;
}

/** What was given for them, by the members that they set. */
export function formatOptionValues(
  args: Readonly<Record<string, unknown>>,
  options: readonly ConvertOption[],
): Record<string, unknown> {
  return Object.fromEntries(options.map(({ flag, member }) => [member, args[flag]]));
}

function typeOf(option: ConvertOption): Options {
  const { flag } = option;
  switch (option.takes) {
    case "text":
      return { type: "string", requiresArg: true };
    case "whole number":
      return { type: "string", requiresArg: true, coerce: wholeNumber(flag) };
    case "choice":
      return {
        choices: option.of,
        ...(option.default !== undefined && { default: option.default }),
      };
    case "names":
      return { type: "string", coerce: (text?: string) => namesOf(text, flag, option.of) };
    case "several":
      return {
        type: "string",
        array: true,
        nargs: 1,
        coerce: (texts?: readonly string[]) => texts?.map(option.parse),
      };
  }
}

/** `all`, or a list of names. */
function namesOf(
  text: string | undefined,
  flag: string,
  known: readonly string[],
): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text === "all" ? known : text.split(",").map(name => name.trim());
  const unknown = names.find(name => !known.includes(name));
  if (unknown === undefined) return names;
  throw new CrimgError("usage", `no ${flag} is called "${unknown}"; there are ${known.join(", ")}, and all`);
}
