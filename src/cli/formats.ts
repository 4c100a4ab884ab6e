import type { Argv } from "yargs";
import { outputOptions, type Run } from "./arguments.js";
import { EXIT_CODES_TEXT, ExitCode } from "./exit-code.js";
import { examplesOf, loadFormatCommands as load } from "./format-commands.js";
import { writeOutput } from "./output.js";

export { load };

export const command = "formats [dialect] [record]";
export const describe = "Show the tables: dialects, their records, the fields of one";

export function builder(yargs: Argv) {
  return outputOptions(yargs)
    .positional("dialect", { type: "string", describe: "a dialect, as crimg formats alone lists them" })
    .positional("record", { type: "string", describe: "one of its records or raw blocks" })
    .option("json", { type: "boolean", describe: "as JSON" })
    .example("crimg formats", "the dialects")
    .example(examplesOf("formats"))
    .epilogue(EXIT_CODES_TEXT);
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

export const run: Run<Args> = async args => {
  const [view, { dialectNamed, dialectsOf }, { formats }, { styleFor }] = await Promise.all([
    import("../dump/formats.js"),
    import("../formats/format.js"),
    import("../formats/registry.js"),
    import("./terminal.js"),
  ]);
  const dialect = args.dialect === undefined ? undefined : dialectNamed(args.dialect, formats);
  const style = styleFor(args.output === undefined ? args.color : (args.color ?? false));
  const { record } = args;
  const lines = args.json
    ? [
        JSON.stringify(
          view.formatsJson(dialect === undefined ? dialectsOf(formats) : [dialect], record),
          undefined,
          2,
        ),
      ]
    : dialect === undefined
      ? view.dialectLines(formats, style)
      : record === undefined
        ? view.dialectDetail(dialect, formats, style)
        : view.recordDetail(dialect, record, style);
  writeOutput(args.output, write => write(`${lines.join("\n")}\n`));
  return ExitCode.good;
};
