import type { Argv } from "yargs";
import { jsonText } from "../codec/json-text.js";
import type { Summary } from "../model/summary.js";
import { imageOptions, inputName, jobsOption, outputOptions, type Run } from "./arguments.js";
import { defined } from "./defined.js";
import { withLabel } from "./error-label.js";
import { EXIT_CODES_TEXT, ExitCode, exitCodeOf } from "./exit-code.js";
import type { InfoJob } from "./info-file.js";
import { writeOutput } from "./output.js";
import { checkTarget } from "./output-target.js";
import { runFileTasks } from "./run-file-tasks.js";

export const command = "info <files..>";
export const describe = "Show the summary of one image, or a table of several";

export function builder(yargs: Argv) {
  return outputOptions(jobsOption(imageOptions(yargs)))
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
  const [{ received }, { summaryJson, summaryLines, summaryTable }, terminal] = await Promise.all([
    import("./info-file.js"),
    import("../dump/summary-view.js"),
    import("./terminal.js"),
  ]);
  if (args.dialect !== undefined) {
    const [{ dialectNamed }, { formats }] = await Promise.all([
      import("../formats/format.js"),
      import("../formats/registry.js"),
    ]);
    dialectNamed(args.dialect, formats);
  }
  const paths = args.files.map(inputName);
  const target = { inputs: paths };
  checkTarget(args.output, target);
  let exit: number = ExitCode.good;
  const rows: { readonly label: string; readonly summary: Summary }[] = [];
  for await (const result of runFileTasks(
    "info",
    paths.map(path => jobOf(path, args)),
    args,
  )) {
    const label = result.path === "-" ? "stdin" : result.path;
    // One bad file does not keep the others from being shown.
    if ("failure" in result) {
      terminal.printToStderr(withLabel(label, result.failure));
      exit = Math.max(exit, exitCodeOf(result.failure.code));
      continue;
    }
    const { summaries, errors } = result;
    if (errors > 0) {
      terminal.printToStderr(
        `${label}: ${errors} ${errors === 1 ? "error" : "errors"} in the image; crimg verify and crimg dump show them`,
      );
      exit = Math.max(exit, ExitCode.findings);
    }
    for (const summary of summaries) rows.push({ label, summary: received(summary) });
  }
  const style = terminal.styleFor(args.output === undefined ? args.color : (args.color ?? false));
  const lines = args.json
    ? [
        jsonText(
          JSON.stringify(
            rows.map(({ label, summary }) => summaryJson(label, summary)),
            undefined,
            2,
          ),
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

function jobOf(path: string, { at, image, dialect }: Args): InfoJob {
  return { path, ...defined({ at, image, dialect }) };
}
