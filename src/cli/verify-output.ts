import { jsonText } from "../codec/json-text.js";
import { reportJson } from "../verify/report/json.js";
import { writeOutput } from "./output.js";
import { checkTarget } from "./output-target.js";
import type { FileFailure } from "./read-image-file.js";
import type { VerifiedFile } from "./verify-file.js";

/** How results are to be printed. */
export interface VerifyOutputOptions {
  readonly json?: boolean | undefined;
  readonly jsonl?: boolean | undefined;
  readonly sarif?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly color?: boolean | undefined;
  /** A file, or stdout. */
  readonly output?: string | undefined;
  /** Files that are being verified: none may be the output. */
  readonly inputs?: readonly string[];
}

/** Takes results one by one. */
export interface VerifyOutput {
  add(file: VerifiedFile): void;
  fail(file: FileFailure): void;
  /** Once, after the last. */
  end(): void;
}

/** Where reports go: lines as they come, a JSON document when all are there. */
export async function verifyOutput(options: VerifyOutputOptions): Promise<VerifyOutput> {
  // Before anything is read, not when all is done.
  checkTarget(options.output, { inputs: options.inputs ?? [] });
  if (options.quiet) return { add() {}, fail() {}, end() {} };
  if (options.sarif) return sarifOutput(options);
  return options.json || options.jsonl ? jsonOutput(options) : humanOutput(options);
}

/** What a file is called in reports. */
export function labelOf(path: string): string {
  return path === "-" ? "stdin" : path;
}

async function humanOutput({ color, output, inputs }: VerifyOutputOptions): Promise<VerifyOutput> {
  const [{ reportLines }, { reportStyleFor }] = await Promise.all([
    import("../verify/report/human.js"),
    import("./terminal.js"),
  ]);
  const style = reportStyleFor(output === undefined ? color : (color ?? false));
  const { write, end } = lineOutput(output, inputs);
  const seen = { files: 0, erroneous: 0, unreadable: 0 };
  return {
    add({ path, findings, report, withheld }) {
      seen.files++;
      if (report.counts.error > 0) seen.erroneous++;
      write(reportLines(labelOf(path), findings, report, style, withheld));
    },
    fail() {
      seen.files++;
      seen.unreadable++;
    },
    end() {
      const unreadable = seen.unreadable === 0 ? "" : `, ${seen.unreadable} unreadable`;
      if (seen.files > 1)
        write([`${seen.files} files, ${seen.erroneous || "none"} with errors${unreadable}`]);
      end();
    },
  };
}

function jsonOutput({ json, output, inputs }: VerifyOutputOptions): VerifyOutput {
  const { write, end } = lineOutput(output, inputs);
  const images: unknown[] = [];
  return {
    add({ path, findings, report }) {
      const image = reportJson(labelOf(path), findings, report);
      if (json) images.push(image);
      else write([jsonText(JSON.stringify(image))]);
    },
    fail() {},
    end() {
      if (json) write([jsonText(JSON.stringify(images, undefined, 2))]);
      end();
    },
  };
}

async function sarifOutput({ output, inputs }: VerifyOutputOptions): Promise<VerifyOutput> {
  const [{ sarifLog }, { version }, { allRules }] = await Promise.all([
    import("../verify/report/sarif.js"),
    import("./version.js"),
    import("./verify-facets.js"),
  ]);
  const rules = await allRules();
  const { write, end } = lineOutput(output, inputs);
  const images: Parameters<typeof sarifLog>[2][number][] = [];
  const unread: { image: string; message: string }[] = [];
  return {
    add({ path, findings, report }) {
      images.push({ image: labelOf(path), findings, report });
    },
    fail({ path, failure: { message } }) {
      unread.push({ image: labelOf(path), message });
    },
    end() {
      write([jsonText(JSON.stringify(sarifLog(version(), rules, images, unread), undefined, 2))]);
      end();
    },
  };
}

/** Lines to stdout at once; a file appears only when it is complete. */
function lineOutput(path: string | undefined, inputs: readonly string[] = []) {
  const isStdout = path === undefined || path === "-";
  const kept: string[] = [];
  return {
    write(lines: readonly string[]) {
      const text = `${lines.join("\n")}\n`;
      if (isStdout) writeOutput(path, write => write(text));
      else kept.push(text);
    },
    end() {
      if (!isStdout) writeOutput(path, write => kept.forEach(write), { inputs });
    },
  };
}
