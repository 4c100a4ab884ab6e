import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";
import { imageOptions, inputName, outputOptions, type Run, withLabel } from "./arguments.js";
import { EXIT_CODES_TEXT, ExitCode, exitCodeOf } from "./exit-code.js";
import { writeOutput } from "./output.js";
import { checkTarget } from "./output-target.js";

export const command = "info <files..>";
export const describe = "Show the summary of one image, or a table of several";

export function builder(yargs: Argv) {
  return outputOptions(imageOptions(yargs))
    .positional("files", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "image files, - for stdin",
    })
    .option("json", { type: "boolean", describe: "a JSON list, one object an image" })
    .example("crimg info app.img", "which dialect and kernel, which tasks, how much memory")
    .example("crimg info *.img", "a table")
    .epilogue(EXIT_CODES_TEXT);
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

export const run: Run<Args> = async args => {
  const [
    { summarize },
    { summaryJson, summaryLines, summaryTable },
    { dialectNamed },
    { fileSource },
    terminal,
  ] = await Promise.all([
    import("../dump/dump.js"),
    import("../dump/summary-view.js"),
    import("../format/cr/dialects.js"),
    import("../image/file-source.js"),
    import("./terminal.js"),
  ]);
  const dialect = args.dialect === undefined ? undefined : dialectNamed(args.dialect);
  const paths = args.files.map(inputName);
  const target = { inputs: paths };
  checkTarget(args.output, target);
  let exit: number = ExitCode.good;
  const rows = paths.flatMap(path => {
    const label = path === "-" ? "stdin" : path;
    let errors = 0;
    try {
      const source = fileSource(path);
      try {
        const summaries = summarize(source, {
          ...(args.at !== undefined && { at: args.at }),
          ...(args.image !== undefined && { image: args.image }),
          ...(dialect !== undefined && { dialect }),
          onNotice: ({ level }) => {
            if (level === "error") errors++;
          },
        });
        if (errors > 0) {
          terminal.complain(`${label}: ${errors} errors in the image; crimg verify and crimg dump show them`);
          exit = Math.max(exit, ExitCode.findings);
        }
        return summaries.map(summary => ({ label, summary }));
      } finally {
        source.close?.();
      }
    } catch (error) {
      // One bad file does not keep the others from being shown.
      if (!(error instanceof CrimgError)) throw error;
      terminal.complain(withLabel(label, error));
      exit = Math.max(exit, exitCodeOf(error.code));
      return [];
    }
  });
  const style = terminal.styleFor(args.output === undefined ? args.color : (args.color ?? false));
  const lines = args.json
    ? [
        JSON.stringify(
          rows.map(({ label, summary }) => summaryJson(label, summary)),
          undefined,
          2,
        ),
      ]
    : paths.length === 1
      ? rows.flatMap(({ label, summary }, i) => [
          ...(i > 0 ? [""] : []),
          ...summaryLines(label, summary, style),
        ])
      : summaryTable(rows, style);
  if (rows.length > 0 || args.json) writeOutput(args.output, write => write(`${lines.join("\n")}\n`), target);
  return exit;
};
