import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";
import { imageOptions, inputName, outputOptions, type Run, wholeNumber, withLabel } from "./arguments.js";
import { EXIT_CODES_TEXT, ExitCode, exitCodeOf } from "./exit-code.js";
import { writeOutput } from "./output.js";
import type { VerifyJob, VerifyResult } from "./verify-file.js";

export const command = "verify [files..]";
export const describe = "Say whether images are sound, and whether their kernel would restart them";

/** Findings of one image that are shown unless `--max` says otherwise; all are counted. */
const FINDINGS_SHOWN = 1000;

const severities = ["error", "warning", "note"] as const;

export function builder(yargs: Argv) {
  return outputOptions(imageOptions(yargs))
    .positional("files", { type: "string", array: true, describe: "image files, - for stdin" })
    .option("rules", { type: "boolean", describe: "list the rules, and verify nothing" })
    .option("series", {
      type: "string",
      requiresArg: true,
      describe: "patch series of the kernel that restarts (v5p2 ... v13)",
    })
    .option("kernel", {
      type: "string",
      requiresArg: true,
      describe: "version of that kernel, X.Y.Z; default: the image's own",
    })
    .option("missing", {
      type: "string",
      array: true,
      requiresArg: true,
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
      coerce: wholeNumber("restarters"),
      describe: "processes that restart together; default: one a task",
    })
    .option("recursive", { alias: "r", type: "boolean", describe: "look into folders" })
    .option("json", {
      type: "boolean",
      describe: "a JSON list, one object an image",
      conflicts: ["jsonl", "sarif"],
    })
    .option("jsonl", { type: "boolean", describe: "JSON Lines, one line an image", conflicts: ["sarif"] })
    .option("sarif", { type: "boolean", describe: "SARIF 2.1.0, for CI systems" })
    .option("quiet", { alias: "q", type: "boolean", describe: "say nothing, only set the exit code" })
    .option("severity", {
      choices: severities,
      default: "note" as const,
      describe: "show findings of this severity and above",
    })
    .option("max", {
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("max"),
      describe: "show at most this many findings an image",
    })
    .option("strict", { type: "boolean", describe: "warnings count as errors" })
    .option("jobs", {
      alias: "j",
      type: "string",
      requiresArg: true,
      coerce: wholeNumber("jobs"),
      describe: "images verified at the same time",
    })
    .example("crimg verify app.img", "findings, and what its own kernel would answer")
    .example("crimg verify --series v8 --kernel 2.6.27 app.img", "what another kernel would")
    .example("crimg verify -r --jobs 4 --sarif images/ > crimg.sarif", "a folder, for a CI system")
    .example("crimg verify --rules", "what is looked for, and why")
    .epilogue(EXIT_CODES_TEXT);
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

export const run: Run<Args> = async args => {
  const [{ rulesText, rulesJson }, terminal] = await Promise.all([
    import("../verify/report/rules-view.js"),
    import("./terminal.js"),
  ]);
  if (args.rules) {
    const text = args.json ? JSON.stringify(rulesJson(), undefined, 2) : rulesText().join("\n");
    writeOutput(args.output, write => write(`${text}\n`));
    return ExitCode.good;
  }
  const { imageFiles } = await import("./image-files.js");
  const paths = imageFiles((args.files ?? []).map(inputName), args.recursive ?? false);
  if (paths.length === 0) throw new CrimgError("usage", "which images? See crimg verify --help.");

  const results: VerifyResult[] = [];
  const progress = terminal.progressLine(paths.length);
  for await (const result of verifyAll(paths, args)) {
    results.push(result);
    progress.advance(result.path);
  }
  progress.clear();
  await print(results, args);
  return Math.max(...results.map(result => exitCode(result, args.strict ?? false)));
};

async function* verifyAll(paths: readonly string[], args: Args): AsyncGenerator<VerifyResult> {
  const { verifyFile } = await import("./verify-file.js");
  const jobs = paths.map(path => jobOf(path, args));
  const count = args.jobs ?? 1;
  if (count > 1 && jobs.length > 1) {
    const { verifyInWorkers } = await import("./verify-pool.js");
    yield* verifyInWorkers(jobs, count);
  } else for (const job of jobs) yield verifyFile(job);
}

function jobOf(path: string, args: Args): VerifyJob {
  return {
    path,
    missing: args.missing ?? [],
    assumeFiles: args.assumeFiles,
    severity: args.severity,
    max: args.max ?? FINDINGS_SHOWN,
    ...(args.at !== undefined && { at: args.at }),
    ...(args.image !== undefined && { image: args.image }),
    ...(args.dialect !== undefined && { dialect: args.dialect }),
    ...(args.series !== undefined && { series: args.series }),
    ...(args.kernel !== undefined && { kernel: kernelVersion(args.kernel) }),
    ...(args.restarters !== undefined && { restarters: args.restarters }),
  };
}

function kernelVersion(text: string): [number, number, number] {
  const parts = /^([0-9]+)\.([0-9]+)\.([0-9]+)$/.exec(text);
  if (parts === null) throw new CrimgError("usage", `--kernel takes X.Y.Z, found "${text}"`);
  return [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}

async function print(results: readonly VerifyResult[], args: Args): Promise<void> {
  const { complain, reportStyleFor } = await import("./terminal.js");
  for (const result of results)
    if ("failure" in result) complain(withLabel(labelOf(result.path), result.failure));
  if (args.quiet) return;
  const verified = results.flatMap(result =>
    "failure" in result ? [] : [{ image: labelOf(result.path), ...result }],
  );
  const lines: string[] = [];
  if (args.sarif) {
    const [{ sarifLog }, { version }] = await Promise.all([
      import("../verify/report/sarif.js"),
      import("./version.js"),
    ]);
    lines.push(JSON.stringify(sarifLog(version(), verified), undefined, 2));
  } else if (args.json || args.jsonl) {
    const { reportJson } = await import("../verify/report/json.js");
    const images = verified.map(({ image, findings, report }) => reportJson(image, findings, report));
    if (args.json) lines.push(JSON.stringify(images, undefined, 2));
    else for (const image of images) lines.push(JSON.stringify(image));
  } else {
    const { reportLines } = await import("../verify/report/human.js");
    const style = reportStyleFor(args.output === undefined ? args.color : (args.color ?? false));
    for (const { image, findings, report } of verified)
      lines.push(...reportLines(image, findings, report, style));
  }
  if (lines.length > 0) writeOutput(args.output, write => write(`${lines.join("\n")}\n`));
}

function labelOf(path: string): string {
  return path === "-" ? "stdin" : path;
}

function exitCode(result: VerifyResult, strict: boolean): number {
  if ("failure" in result) return exitCodeOf(result.failure.code);
  const { error, warning } = result.report.counts;
  return error > 0 || (strict && warning > 0) ? ExitCode.findings : ExitCode.good;
}
