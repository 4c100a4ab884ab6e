import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";
import { imageOptions, inputName, outputOptions, type Run, wholeNumber } from "./arguments.js";
import { defined } from "./defined.js";
import { withLabel } from "./error-label.js";
import { EXIT_CODES_TEXT, ExitCode, exitCodeOf } from "./exit-code.js";
import { examplesOf, loadFormatCommands as load } from "./format-commands.js";
import { writeOutputAsync } from "./output.js";
import { checkTarget } from "./output-target.js";

export { load };

export const command = "dump <file>";
export const describe = "Show what an image holds";

export function builder(yargs: Argv) {
  return outputOptions(imageOptions(yargs))
    .positional("file", { type: "string", demandOption: true, describe: "the image file, - for stdin" })
    .option("hex", {
      type: "boolean",
      describe: "every byte, under the field it belongs to",
      conflicts: ["json", "jsonl"],
    })
    .option("jsonl", {
      type: "boolean",
      describe: "JSON Lines: one item a line, in file order",
      conflicts: ["json"],
    })
    .option("json", { type: "boolean", describe: "one JSON document" })
    .option("only", {
      type: "string",
      requiresArg: true,
      describe: "only records and raw blocks of these names (NAME,NAME), with all their fields",
    })
    .option("task", {
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("task"),
      describe: "only the task with this pid",
    })
    .option("depth", {
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("depth"),
      describe: "levels of the tree: 1 tasks, 2 their parts, 3 areas and registers, 4 all",
    })
    .option("pages", {
      type: "boolean",
      default: true,
      describe: "show which pages are in the image (--no-pages)",
    })
    .example("crimg dump app.img", "a summary and a tree")
    .example(examplesOf("dump"))
    .example("crimg dump core.bin --at 0x1388 --hex", "an image inside a larger file, byte by byte")
    .epilogue(EXIT_CODES_TEXT);
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

export const run: Run<Args> = async args => {
  const [
    { dumping },
    { driveSync },
    { selectableNames },
    { dialectNamed },
    { fileSource },
    { formats },
    { printToStderr, styleFor },
    { progressOf },
  ] = await Promise.all([
    import("../dump/dump.js"),
    import("../source/drive.js"),
    import("../dump/select.js"),
    import("../formats/format.js"),
    import("../source/file-source.js"),
    import("../formats/registry.js"),
    import("./terminal.js"),
    import("./progress.js"),
  ]);
  const path = inputName(args.file);
  const options = {
    label: path === "-" ? "stdin" : path,
    view: args.jsonl ? "jsonl" : args.json ? "json" : args.hex ? "hex" : "tree",
    style: styleFor(args.output === undefined ? args.color : (args.color ?? false)),
    pages: args.pages,
    ...defined({
      only: args.only === undefined ? undefined : selectableNames(args.only, formats),
      dialect: args.dialect === undefined ? undefined : dialectNamed(args.dialect, formats),
      task: args.task,
      depth: args.depth,
      at: args.at,
      image: args.image,
    }),
  } as const;
  const target = { inputs: [path], late: true };
  checkTarget(args.output, target);
  const printsToStdout = args.output === undefined || args.output === "-";
  const progress = await progressOf(options.label, args.progress, printsToStdout);
  // A signal is not heard while a pipe is waited for; to a file, which it would leave unfinished, all is taken first.
  const source = printsToStdout
    ? fileSource(path)
    : await (await import("./seekable-input.js")).seekableInput(path, args.output);
  try {
    const watched = progress.watch(source);
    const report = await writeOutputAsync(args.output, target, write =>
      inSteps(driveSync(watched, dumping(watched, formats, write, options))),
    );
    progress.stop();
    for (const { message, path: place, offset } of report.errors) {
      printToStderr(`${options.label}: ${message} (${place} at 0x${offset.toString(16)})`);
    }
    const more = report.errorCount - report.errors.length;
    if (more > 0) printToStderr(`${options.label}: and ${more} more`);
    return report.errorCount === 0 ? ExitCode.good : ExitCode.findings;
  } catch (error) {
    if (!(error instanceof CrimgError)) throw error;
    printToStderr(withLabel(options.label, error));
    return exitCodeOf(error.code);
  } finally {
    progress.stop();
    source.close?.();
  }
};

/** Nothing in a dump waits for anything: signals are heard in its pauses. */
async function inSteps<T>(steps: Iterator<unknown, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise(setImmediate);
  }
}
