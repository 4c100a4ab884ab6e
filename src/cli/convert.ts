import { mkdirSync, statSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import type { Argv } from "yargs";
import { jsonText } from "../codec/json-text.js";
import type { ConvertFacets } from "../convert/facets.js";
import type { ConversionReport } from "../convert/report.js";
import { CrimgError } from "../errors.js";
import type { ConvertOptions } from "../formats/convert-facet.js";
import type { SyncSource } from "../source/source.js";
import { systemReason } from "../source/system-reason.js";
import { imageOptions, inputName, outputName, type Run, wholeNumber } from "./arguments.js";
import { defined } from "./defined.js";
import { withLabel } from "./error-label.js";
import { EXIT_CODES_TEXT, ExitCode } from "./exit-code.js";
import { examplesOf, loadFormatCommands as load, ofFormats } from "./format-commands.js";
import { formatOptions, formatOptionValues } from "./format-options.js";
import { imageOutput, imageOutputOptions } from "./image-output.js";
import { openOutput, writeOutputAsync } from "./output.js";
import { checkTarget, type TargetOptions } from "./output-target.js";

export const command = "convert <file>";
export const describe = "Carry an image to another revision, or repair it";

export { load };

const formatsOptions = () => ofFormats("convert").flatMap(({ options }) => options);

export function builder(yargs: Argv) {
  return formatOptions(targetOptions(imageOutputOptions(imageOptions(yargs))), formatsOptions())
    .positional("file", { type: "string", demandOption: true, describe: "the image file, - for stdin" })
    .option("task", {
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("task"),
      describe: "take the task with this pid out of an image of several",
    })
    .option("split", {
      type: "string",
      requiresArg: true,
      describe: "take all tasks apart: a file each in this folder, NAME-PID.img",
      conflicts: ["task", "output"],
    })
    .option("zero-undefined", {
      type: "boolean",
      describe: "write 0 where the kernel left bytes undefined (padding, stale registers)",
    })
    .option("partial", {
      type: "boolean",
      describe: "of a damaged image keep what is whole, and close it",
    })
    .option("lossless", { type: "boolean", describe: "refuse to lose anything" })
    .option("dry-run", { alias: "n", type: "boolean", describe: "only report what would be done" })
    .option("report", {
      type: "string",
      requiresArg: true,
      coerce: outputName,
      describe: "write the report as JSON to this file; - for stdout",
    })
    .option("json", { type: "boolean", describe: "the same as --report -", conflicts: ["report"] })
    .option("quiet", { alias: "q", type: "boolean", describe: "no report on stderr" })
    .option("verify", {
      type: "boolean",
      default: true,
      describe: "verify the result (--no-verify); what goes to stdout never is",
    })
    .option("color", {
      type: "boolean",
      describe: "colours, or --no-color; default: if stderr is a terminal",
    })
    .example(examplesOf("convert"))
    .epilogue(EXIT_CODES_TEXT);
}

/** What to make of the image. */
function targetOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("to", {
      type: "string",
      requiresArg: true,
      describe: "dialect of the result (see crimg formats)",
    })
    .option("to-rev", {
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("to-rev"),
      describe: "revision of the result: the latest dialect that has it",
      conflicts: ["to"],
    })
    .option("series", {
      type: "string",
      requiresArg: true,
      describe: "patch series of the kernel that shall restart it; default: the last of the dialect",
    });
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

/** What one output came to, as it goes into the JSON report. */
interface Result extends ConversionReport {
  readonly image: string;
  /** The pid of the task that was taken; null if all were. */
  readonly task: number | null;
  /** The file that was written; null if none was, or to stdout. */
  readonly output: string | null;
}

/** One file to write. */
interface Job {
  readonly output: string | undefined;
  readonly options: ConvertOptions;
}

export const run: Run<Args> = async args => {
  const path = inputName(args.file);
  const label = path === "-" ? "stdin" : path;
  refuseSenseless(args);
  const target = { force: args.force ?? false, inputs: path === "-" ? [] : [path] };
  checkTarget(args.output, target);
  const options = await optionsOf(args);
  const [{ seekableInput }, { progressOf }] = await Promise.all([
    import("./seekable-input.js"),
    import("./progress.js"),
  ]);
  const reportName = args.json ? "-" : args.report;
  const reportFile =
    reportName === undefined ? undefined : openOutput(reportName, { inputs: target.inputs, late: true });
  let source: SyncSource | undefined;
  try {
    source = await seekableInput(path, args.output ?? args.split);
    const progress = await progressOf(label, args.progress, args.output === "-");
    const watched = progress.watch(source);
    const facets = await loadFacets();
    const jobs =
      args.split === undefined
        ? [{ output: args.output, options }]
        : await splitJobs(source, facets, label, args.split, options, args);
    const results: Result[] = [];
    let exit: number = ExitCode.good;
    for (const job of jobs) {
      const report = await convertOne(watched, facets, job, target, args).finally(progress.stop);
      const output = args.dryRun || job.output === "-" ? undefined : job.output;
      const task = job.options.task ?? null;
      results.push({ image: label, task, output: output ?? null, ...report });
      await show(task === null ? label : `${label}, task ${task}`, report, args);
      if (output === undefined || !args.verify || !isPlainFile(output)) continue;
      exit = Math.max(exit, await verifyResult(output, report, args));
    }
    reportFile?.write(`${jsonText(JSON.stringify(results, undefined, 2))}\n`);
    reportFile?.close();
    return exit;
  } catch (error) {
    reportFile?.discard();
    // What was asked wrongly has nothing to do with the image.
    if (!(error instanceof CrimgError) || error.code === "usage") throw error;
    throw new CrimgError(error.code, withLabel(label, error));
  } finally {
    source?.close?.();
  }
};

function refuseSenseless({ output, split, dryRun, json, report }: Args): void {
  const no = (message: string) => {
    throw new CrimgError("usage", message);
  };
  if (split === undefined && !dryRun) imageOutput(output);
  const reportsToStdout = json || report === "-";
  if (output === "-" && reportsToStdout && !dryRun) no("stdout cannot take both the image and the report");
  if (output === "-" && process.stdout.isTTY && !dryRun)
    no("stdout is a terminal; an image goes to a file or a pipe");
  if (output !== undefined && report !== undefined && resolve(output) === resolve(report) && output !== "-") {
    no(`the image and the report cannot both go to ${output}`);
  }
}

function isPlainFile(path: string): boolean {
  return statSync(path).isFile();
}

async function optionsOf(args: Args): Promise<ConvertOptions> {
  const [{ dialectOfRev }, { formats }] = await Promise.all([
    import("../convert/target.js"),
    import("../formats/registry.js"),
  ]);
  const { to, toRev, series, task, zeroUndefined, partial, lossless, at, image, dialect } = args;
  const target = toRev === undefined ? to : dialectOfRev(toRev, formats).name;
  const given = { to: target, series, task, zeroUndefined, partial, lossless, at, image, dialect };
  return defined({ ...formatOptionValues(args, formatsOptions()), ...given });
}

async function loadFacets(): Promise<ConvertFacets> {
  const [{ loadConvertFacets }, { formats }] = await Promise.all([
    import("../convert/facets.js"),
    import("../formats/registry.js"),
  ]);
  return loadConvertFacets(formats);
}

/** A file for each task. */
async function splitJobs(
  source: SyncSource,
  facets: ConvertFacets,
  label: string,
  folder: string,
  options: ConvertOptions,
  { force = false, dryRun }: Args,
): Promise<Job[]> {
  const [{ taskPidsOf }, { formats }] = await Promise.all([
    import("../convert/task-pids.js"),
    import("../formats/registry.js"),
  ]);
  const pids = taskPidsOf(source, formats, facets, options);
  const name = basename(label, extname(label));
  const jobs = pids.map(pid => ({
    output: join(folder, `${name}-${pid}.img`),
    options: { ...options, task: pid },
  }));
  // All are looked at before the first is written.
  for (const { output } of jobs) if (!dryRun) checkTarget(output, { force });
  return jobs;
}

async function convertOne(
  source: SyncSource,
  facets: ConvertFacets,
  { output: path, options }: Job,
  target: TargetOptions,
  { dryRun, split }: Args,
): Promise<ConversionReport> {
  const [{ planSync }, { formats }, { writePlan }] = await Promise.all([
    import("../convert/convert.js"),
    import("../formats/registry.js"),
    import("./write-plan.js"),
  ]);
  const plan = planSync(source, formats, facets, options);
  // What is refused is refused here, before there is any file.
  let first = plan.next();
  if (dryRun) {
    while (!first.done) first = plan.next();
    return first.value;
  }
  if (split !== undefined) makeFolder(split);
  return await writeOutputAsync(path, target, write => writePlan(first, plan, source, write));
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new CrimgError("io", `${path}: cannot make the folder: ${systemReason(error)}`);
  }
}

/** The tables of all tasks of a tree would be a wall; `--report` has them. */
async function show(label: string, report: ConversionReport, { quiet, color, split }: Args): Promise<void> {
  if (quiet) return;
  const [{ reportLines }, { conversionStyleFor }] = await Promise.all([
    import("../convert/report-view.js"),
    import("./terminal.js"),
  ]);
  process.stderr.write(
    `${reportLines(label, report, conversionStyleFor(color), split !== undefined).join("\n")}\n`,
  );
}

/** Findings of one result that are shown. */
const FINDINGS_SHOWN = 20;

/** Says what verify finds in a result; the exit code for it. */
async function verifyResult(
  path: string,
  { series }: ConversionReport,
  { quiet, color }: Args,
): Promise<number> {
  const [{ verifyFile }, { allRules }, human, { reportStyleFor }] = await Promise.all([
    import("./verify-file.js"),
    import("./verify-facets.js"),
    import("../verify/report/human.js"),
    import("./terminal.js"),
  ]);
  const result = await verifyFile({
    path,
    series,
    missing: [],
    assumeFiles: true,
    severity: "error",
    max: FINDINGS_SHOWN,
  });
  if ("failure" in result) throw new CrimgError(result.failure.code, `the result: ${result.failure.message}`);
  const groups = new Map((await allRules()).map(({ id, group }) => [id, group]));
  const wrong = result.findings.filter(({ rule }) => groups.get(rule) !== "sense");
  if (!quiet || wrong.length > 0) {
    const style = reportStyleFor(color, 2);
    const lines = human.reportLines(path, wrong, result.report, style, result.withheld);
    process.stderr.write(`${lines.join("\n")}\n`);
  }
  return wrong.length === 0 ? ExitCode.good : ExitCode.findings;
}
