import { setFlagsFromString } from "node:v8";
import yargs, { type Argv } from "yargs";
import { escapeText } from "../codec/escape.js";
import { CrimgError } from "../errors.js";
import { prepareArguments } from "./arguments.js";
import { commands, loadNamed } from "./commands.js";
import { EXIT_CODES_TEXT, ExitCode, exitCodeOf } from "./exit-code.js";
import { writeOutput } from "./output.js";
import { version } from "./version.js";
import { BrokenPipe } from "./write-all.js";

/** Runs the command line, and returns the exit code. Never ends the process: what is still being written would be cut. */
export async function main(argv: readonly string[]): Promise<number> {
  // Where nobody hears what is said, the exit code still tells: node would end the run in the middle, with its own.
  if (process.stderr.listenerCount("error") === 0) process.stderr.on("error", () => {});
  const parser = yargs()
    .scriptName("crimg")
    .usage("$0 <command>\n\nReads Linux checkpoint images (linux-cr, 2008).")
    .version(version())
    .help()
    .alias({ help: "h" })
    .strict()
    .recommendCommands()
    .demandCommand(1, "Which command? See crimg --help.")
    .wrap(100)
    // Scripts and transcripts want the same words everywhere.
    .locale("en")
    .updateStrings(wording)
    .completion("yargs-completion", false)
    .epilogue(EXIT_CODES_TEXT)
    .exitProcess(false)
    .fail((message, error) => {
      if (error instanceof CrimgError || error instanceof Chosen) throw error;
      throw new CrimgError("usage", (message ?? error.message).replace(/\s*\n\s*/g, " "));
    });
  for (const { command, describe, builder, run } of commands) {
    parser.command(command, describe, builder as (yargs: Argv) => Argv, args => {
      throw new Chosen(() => (run as (args: unknown) => number | Promise<number>)(args));
    });
  }
  try {
    await loadNamed(argv);
    // Taken from yargs, which would not notice that help could not be written.
    let text = "";
    parser.parse(prepareArguments(argv), (_error: unknown, _args: unknown, output: string) => {
      text = output;
    });
    if (text !== "") writeOutput(undefined, write => write(`${text}\n`));
    return ExitCode.good;
  } catch (error) {
    if (!(error instanceof Chosen)) return report(error);
    keepHeapSmall();
    return await error.run().catch(report);
  }
}

const same = (text: string) => ({ one: text, other: text });

/** yargs' complaints in words of our own. It wants the plural of those that count; its types do not know. */
const wording = {
  "Unknown argument: %s": same("there is no option or argument %s here"),
  "Unknown command: %s": same("there is no command %s"),
  "Did you mean %s?": "no such command; did you mean %s?",
  "Not enough non-option arguments: got %s, need at least %s": same(
    "something to work on is missing: got %s, need at least %s; see --help",
  ),
} as unknown as Record<string, string>;

/**
 * Carries the chosen command out of yargs. A handler that returns makes yargs lay out its whole help text, to have it
 * at hand: 11 ms at each start.
 */
class Chosen extends Error {
  constructor(readonly start: () => number | Promise<number>) {
    super();
  }

  async run(): Promise<number> {
    return await this.start();
  }
}

/**
 * Has V8 collect garbage before it piles up. Items and lines are nothing else, and by itself V8 lets them have 40 MB
 * before it looks. 1,000,000 areas, with this and without: convert 83 and 116 MB, verify 87 and 118, dump --jsonl 99 and
 * 127, in the same time.
 */
function keepHeapSmall(): void {
  setFlagsFromString("--optimize-for-size");
}

/** Says what went wrong, in one line, and gives the exit code for it. */
function report(error: unknown): number {
  if (error instanceof BrokenPipe) return ExitCode.good;
  if (error instanceof CrimgError) {
    process.stderr.write(`crimg: ${escapeText(error.message)}\n`);
    return exitCodeOf(error.code);
  }
  const { message, stack } = error as Error;
  process.stderr.write(`crimg: this is a bug in crimg: ${message}\n`);
  if (process.env["CRIMG_DEBUG"]) process.stderr.write(`${stack}\n`);
  return ExitCode.bug;
}
