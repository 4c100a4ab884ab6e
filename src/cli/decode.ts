import { rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";
import type { Format } from "../formats/format.js";
import type { DecodeOptions } from "../lines/decode.js";
import type { SyncSource } from "../source/source.js";
import type { WalkOptions } from "../stream/walk.js";
import { imageOptions, inputName, outputName, type Run } from "./arguments.js";
import { defined } from "./defined.js";
import { labelErrors } from "./error-label.js";
import { EXIT_CODES_TEXT, ExitCode } from "./exit-code.js";
import { type Output, openOutput } from "./output.js";

export const command = "decode <file>";
export const describe = "Write an image as JSON Lines, which can be edited";

export function builder(yargs: Argv) {
  return imageOptions(yargs)
    .positional("file", { type: "string", demandOption: true, describe: "the image file, - for stdin" })
    .option("output", {
      alias: "o",
      type: "string",
      requiresArg: true,
      coerce: outputName,
      describe: "write the lines to this file, which appears only when it is complete",
    })
    .option("pages", {
      type: "string",
      requiresArg: true,
      default: "inline",
      describe:
        "page contents: inline (in the lines, as base64), none, or a file to write them to as they are",
    })
    .example("crimg decode app.img -o app.jsonl", "all in one file")
    .example("crimg decode app.img -o app.jsonl --pages app.raw", "page contents beside it")
    .example("crimg decode app.img --pages none | less", "to look at it")
    .epilogue(LINES_TEXT)
    .epilogue(EXIT_CODES_TEXT);
}

const LINES_TEXT =
  "One line an item, in file order, with the kernel's names; schemas/image-line.schema.json says what each holds. " +
  "crimg encode makes the same bytes of them, of damaged images too.\n";

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

export const run: Run<Args> = async args => {
  const [
    { dialectNamed },
    { formats },
    { seekableInput },
    { ErrorSummary },
    { printToStderr },
    { progressOf },
  ] = await Promise.all([
    import("../formats/format.js"),
    import("../formats/registry.js"),
    import("./seekable-input.js"),
    import("./error-summary.js"),
    import("./terminal.js"),
    import("./progress.js"),
  ]);
  const path = inputName(args.file);
  const label = path === "-" ? "stdin" : path;
  const errors = new ErrorSummary();
  const pages = pagesChoice(args.pages);
  const { at, image, dialect } = args;
  const options = {
    onFinding: errors.add,
    pages: pages.mode,
    ...defined({ at, image, dialect: dialect === undefined ? undefined : dialectNamed(dialect, formats) }),
  };
  const names = namesOf(args.output, pages.file);
  const source = await seekableInput(path, names.lines);
  const progress = await progressOf(label, args.progress, names.lines === undefined || names.lines === "-");
  try {
    const outputs = openOutputs(names, path);
    try {
      await labelErrors(label, () => writeParts(progress.watch(source), formats, outputs, options));
    } catch (error) {
      outputs.discard();
      throw error;
    }
    outputs.close();
  } finally {
    progress.stop();
    source.close?.();
  }
  for (const line of errors.lines(label)) printToStderr(line);
  return errors.count === 0 ? ExitCode.good : ExitCode.findings;
};

/** `inline` and `none` are words; a file of that name is `./inline`. */
function pagesChoice(given: string): { readonly mode: "inline" | "none" | "file"; readonly file?: string } {
  if (given === "inline" || given === "none") return { mode: given };
  const file = inputName(given);
  if (file === "-") throw new CrimgError("usage", "--pages takes inline, none or a file, not stdout");
  return { mode: "file", file };
}

interface OutputNames {
  readonly lines: string | undefined;
  readonly pages: string | undefined;
}

function namesOf(lines: string | undefined, pages: string | undefined): OutputNames {
  if (lines !== undefined && pages !== undefined && resolve(lines) === resolve(pages)) {
    throw new CrimgError("usage", `${lines}: lines and page contents cannot go to the same file`);
  }
  return { lines, pages };
}

interface Outputs {
  readonly lines: Output;
  readonly pages: Output | undefined;
  close(): void;
  discard(): void;
}

/** Of the two files either both appear or neither does. */
function openOutputs(names: OutputNames, input: string): Outputs {
  const options = { inputs: [input], late: true };
  const lines = openOutput(names.lines, options);
  const pages = attempt(lines, () =>
    names.pages === undefined ? undefined : openOutput(names.pages, options),
  );
  return {
    lines,
    pages,
    close() {
      attempt(lines, () => pages?.close());
      try {
        lines.close();
      } catch (error) {
        if (names.pages !== undefined) rmSync(names.pages, { force: true });
        throw error;
      }
    },
    discard() {
      pages?.discard();
      lines.discard();
    },
  };
}

/** If the action fails, nothing becomes of the output. */
function attempt<T>(output: Output, action: () => T): T {
  try {
    return action();
  } catch (error) {
    output.discard();
    throw error;
  }
}

async function writeParts(
  source: SyncSource,
  formats: readonly Format[],
  { lines, pages }: Outputs,
  options: DecodeOptions & WalkOptions,
): Promise<void> {
  const [{ decodeLinesSync }, { signalYield }] = await Promise.all([
    import("../lines/decode.js"),
    import("./signal-yield.js"),
  ]);
  const yieldToSignals = signalYield();
  for (const part of decodeLinesSync(source, formats, options)) {
    if (typeof part === "string") {
      lines.write(part);
      lines.write("\n");
    } else pages!.write(part);
    const turn = yieldToSignals(part.length);
    if (turn !== undefined) await turn;
  }
}
