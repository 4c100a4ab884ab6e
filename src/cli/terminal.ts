import { isatty } from "node:tty";
import { Chalk, type ColorSupportLevel } from "chalk";
import type { Style } from "../dump/style.js";

/** Colours for stdout: what `--color` or `--no-color` says, else NO_COLOR, else FORCE_COLOR, else whether it is a terminal. */
export function styleFor(flag: boolean | undefined, fd = 1): Style {
  const chalk = new Chalk({ level: (wantsColor(flag, fd) ? 1 : 0) as ColorSupportLevel });
  return {
    name: text => chalk.cyan(text),
    dim: text => chalk.gray(text),
    symbol: text => chalk.green(text),
    error: text => chalk.red(text),
    note: text => chalk.yellow(text),
  };
}

function wantsColor(flag: boolean | undefined, fd: number): boolean {
  // chalk itself knows FORCE_COLOR and terminals, but not NO_COLOR.
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (flag !== undefined) return flag;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isatty(fd);
}

/** One line on stderr. */
export function complain(text: string): void {
  process.stderr.write(`crimg: ${text}\n`);
}
