import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";
import {
  atLeastOne,
  imageOptions,
  inputName,
  jobsOption,
  outputOptions,
  type Run,
  wholeNumber,
} from "./arguments.js";
import { defined } from "./defined.js";
import { withLabel } from "./error-label.js";
import { EXIT_CODES_TEXT, ExitCode, exitCodeOf } from "./exit-code.js";
import type { ImageFile } from "./image-files.js";
import { writeOutput } from "./output.js";
import { runFileTasks } from "./run-file-tasks.js";
import type { VerifyJob, VerifyResult } from "./verify-file.js";

export const command = "verify [files..]";
export const describe = "Say whether images are sound, and whether their kernel would restart them";

/** Findings of one image that are shown unless `--max` says otherwise; all are counted. */
const FINDINGS_SHOWN = 1000;

const severities = ["error", "warning", "note"] as const;

export function builder(yargs: Argv) {
  return outputOptions(jobsOption(imageOptions(yargs)))
    .positional("files", { type: "string", array: true, describe: "image files, - for stdin" })
    .option("rules", { type: "boolean", describe: "list the rules, and verify nothing" })
    .option("explain", {
      type: "string",
      requiresArg: true,
      describe: "say what a rule looks for and why, and verify nothing",
      conflicts: ["rules"],
    })
    .option("series", {
      type: "string",
      requiresArg: true,
      describe: "patch series of the kernel that restarts (v5p2 ... v13)",
    })
    .option("kernel", {
      type: "string",
      requiresArg: true,
      coerce: kernelVersion,
      describe: "version of that kernel, X.Y.Z; default: the image's own",
    })
    .option("missing", {
      type: "string",
      array: true,
      // Else it would take the images that follow for more of them.
      nargs: 1,
      describe: "a file that kernel would not find (repeatable)",
    })
    .option("assume-files", {
      type: "boolean",
      default: true,
      describe: "take all other files to exist (--no-assume-files: none)",
    })
    .option("restarters", {
      type: "string",
      requiresArg: true,
      coerce: atLeastOne("restarters"),
      describe: "processes that restart together; default: one a task",
    })
    .option("recursive", {
      alias: "r",
      type: "boolean",
      describe: "verify all files in the folders that are named",
    })
    .option("json", {
      type: "boolean",
      describe: "a JSON list, one object an image",
      conflicts: ["jsonl", "sarif"],
    })
    .option("jsonl", { type: "boolean", describe: "JSON Lines, one line an image", conflicts: ["sarif"] })
    .option("sarif", { type: "boolean", describe: "SARIF 2.1.0, for CI systems" })
    .option("quiet", { alias: "q", type: "boolean", describe: "report nothing, only set the exit code" })
    .option("severity", {
      choices: severities,
      default: "note" as const,
      describe: "show findings of this severity and above",
    })
    .option("max", {
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("max"),
      describe: `show at most this many findings an image; default: ${FINDINGS_SHOWN}`,
    })
    .option("strict", { type: "boolean", describe: "warnings count as errors" })
    .example("crimg verify app.img", "findings, and what its own kernel would answer")
    .example("crimg verify --series v8 --kernel 2.6.27 app.img", "what another kernel would")
    .example("crimg verify -r -j 4 --sarif images/ > ci.sarif", "a folder, for a CI system")
    .example("crimg verify --rules", "what is looked for, and why")
    .epilogue(EXIT_CODES_TEXT);
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

export const run: Run<Args> = async args => {
  if (args.rules || args.explain !== undefined) {
    await showRules(args);
    return ExitCode.good;
  }
  const [{ imageFiles }, { verifyOutput, labelOf }, { printToStderr, progressLine }] = await Promise.all([
    import("./image-files.js"),
    import("./verify-output.js"),
    import("./terminal.js"),
    refuseUnknownNames(args),
  ]);
  const files = imageFiles((args.files ?? []).map(inputName), args.recursive ?? false);
  if (files.length === 0) throw new CrimgError("usage", "which images? See crimg verify --help.");

  const output = await verifyOutput({ ...args, inputs: files.map(({ path }) => path) });
  const progress = progressLine(files.length);
  let exit: number = ExitCode.good;
  for await (const result of verifyAll(files, args)) {
    progress.clear();
    if ("failure" in result) {
      printToStderr(withLabel(labelOf(result.path), result.failure));
      output.fail(result);
    } else output.add(result);
    exit = Math.max(exit, exitCode(result, args.strict ?? false));
    progress.advance(result.path);
  }
  progress.clear();
  output.end();
  return exit;
};

/** All rules, or the one that is asked for. */
async function showRules({ explain, json, output }: Args): Promise<void> {
  const [{ allRules, ruleNamed }, { ruleText, rulesText }] = await Promise.all([
    import("./verify-facets.js"),
    import("../verify/report/rules-view.js"),
  ]);
  const rules = explain === undefined ? await allRules() : [await ruleNamed(explain)];
  const lines = explain === undefined ? rulesText(rules) : ruleText(rules[0]!);
  // As schemas/rules.schema.json says.
  const text = json ? JSON.stringify(rules, undefined, 2) : lines.join("\n");
  writeOutput(output, write => write(`${text}\n`));
}

/** Names that no file can make right are refused before any file is read. */
async function refuseUnknownNames({ series, dialect }: Args): Promise<void> {
  if (series !== undefined) await (await import("./verify-facets.js")).refuseUnknownSeries(series);
  if (dialect === undefined) return;
  const [{ dialectNamed }, { formats }] = await Promise.all([
    import("../formats/format.js"),
    import("../formats/registry.js"),
  ]);
  dialectNamed(dialect, formats);
}

/** The results, in the order of the files. */
async function* verifyAll(files: readonly ImageFile[], args: Args): AsyncGenerator<VerifyResult> {
  const jobs = files.filter(({ problem }) => problem === undefined).map(({ path }) => jobOf(path, args));
  const results = runFileTasks("verify", jobs, args);
  try {
    for (const { path, problem } of files) {
      if (problem !== undefined) yield { path, failure: { code: "io", message: problem } };
      else yield (await results.next()).value as VerifyResult;
    }
  } finally {
    // Stops the workers if nobody wants the rest.
    await results.return(undefined);
  }
}

function jobOf(path: string, args: Args): VerifyJob {
  const { at, image, dialect, series, kernel, restarters } = args;
  return {
    path,
    missing: args.missing ?? [],
    assumeFiles: args.assumeFiles,
    severity: args.severity,
    max: args.max ?? FINDINGS_SHOWN,
    ...defined({ at, image, dialect, series, kernel, restarters }),
  };
}

function kernelVersion(text: string | undefined): [number, number, number] | undefined {
  if (text === undefined) return undefined;
  const parts = /^([0-9]{1,5})\.([0-9]{1,5})\.([0-9]{1,5})$/.exec(text);
  if (parts !== null) return [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  throw new CrimgError("usage", `--kernel takes X.Y.Z (2.6.27), found "${text}"`);
}

function exitCode(result: VerifyResult, strict: boolean): number {
  if ("failure" in result) return exitCodeOf(result.failure.code);
  const { error, warning } = result.report.counts;
  return error > 0 || (strict && warning > 0) ? ExitCode.findings : ExitCode.good;
}
