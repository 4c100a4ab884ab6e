import { isatty } from "node:tty";
import { Chalk, type ColorSupportLevel } from "chalk";
import { escapeText } from "../codec/escape.js";
import type { ReportStyle as ConversionStyle } from "../convert/report-view.js";
import type { Style } from "../dump/style.js";
import type { ReportStyle } from "../verify/report/human.js";

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

/** The same for reports of verify. */
export function reportStyleFor(flag: boolean | undefined, fd = 1): ReportStyle {
  const { error, note, dim, symbol } = styleFor(flag, fd);
  const bySeverity = { error, warning: note, note: dim };
  return { severity: (severity, text) => bySeverity[severity](text), dim, good: symbol };
}

/** The same for reports of convert, which go to stderr. */
export function conversionStyleFor(flag: boolean | undefined): ConversionStyle {
  const { error, note, dim, symbol, name } = styleFor(flag, 2);
  const byKind = { dropped: note, invented: name, changed: symbol, renumbered: dim };
  return { kind: (kind, text) => byKind[kind](text), dim, error, good: symbol };
}

/** How far a run over several images has come: one line on stderr that is written over, if it is a terminal. */
export function progressLine(total: number): { advance(label: string): void; clear(): void } {
  let done = 0;
  const show = isatty(2) && total > 1;
  const write = (text: string) => process.stderr.write(`\r\x1b[K${text}`);
  return {
    advance(label) {
      done++;
      if (show) write(`${done} of ${total}  ${escapeText(label).slice(0, 60)}`);
    },
    clear() {
      if (show) write("");
    },
  };
}

/** One line on stderr. */
export function printToStderr(text: string): void {
  process.stderr.write(`crimg: ${escapeText(text)}\n`);
}
