import { existsSync, mkdirSync, renameSync, rmdirSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import type { Argv } from "yargs";
import { escapeText } from "../codec/escape.js";
import { jsonText } from "../codec/json-text.js";
import { CrimgError } from "../errors.js";
import type { SyncSource } from "../source/source.js";
import { systemReason } from "../source/system-reason.js";
import type { GapPart, ImagePart } from "../stream/file-parts.js";
import { inputName, type Run } from "./arguments.js";
import { labelErrors } from "./error-label.js";
import { EXIT_CODES_TEXT, ExitCode } from "./exit-code.js";
import { openOutput, writeOutput } from "./output.js";
import { checkTarget, type TargetOptions } from "./output-target.js";
import { makeTempFolder } from "./temp-folder.js";

export const command = "split <file>";
export const describe = "Write each image of a file to a file of its own";

export function builder(yargs: Argv) {
  return yargs
    .positional("file", { type: "string", demandOption: true, describe: "the file, - for stdin" })
    .option("into", {
      type: "string",
      requiresArg: true,
      describe: "the folder for NAME-0.img, NAME-1.img ...; made if it is missing",
    })
    .option("force", { alias: "f", type: "boolean", describe: "replace files that are there" })
    .option("json", { type: "boolean", describe: "what was written, as JSON" })
    .example("crimg split app.img --into images", "images/app-0.img, images/app-1.img ...")
    .example("crimg split core.bin --into .", "images out of a larger file")
    .epilogue(
      "Images are copied as they are, damaged ones too. Bytes around them are not, and are reported.\n",
    )
    .epilogue(EXIT_CODES_TEXT);
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

/** An image, and the file it is written to. */
interface Placed extends ImagePart {
  readonly path: string;
}

export const run: Run<Args> = async args => {
  const path = inputName(args.file);
  const label = path === "-" ? "stdin" : path;
  if (args.into === undefined) throw new CrimgError("usage", "where to? --into FOLDER");
  const folder = inputName(args.into);
  const [{ fileParts }, { formats }, { seekableInput }, { ErrorSummary }, { printToStderr }] =
    await Promise.all([
      import("../stream/file-parts.js"),
      import("../formats/registry.js"),
      import("./seekable-input.js"),
      import("./error-summary.js"),
      import("./terminal.js"),
    ]);
  const errors = new ErrorSummary();
  const source = await seekableInput(path, undefined);
  try {
    const parts = await labelErrors(label, () => [...fileParts(source, formats, errors.add)]);
    const images = parts.flatMap(part =>
      part.kind === "image"
        ? [{ ...part, path: join(folder, `${parse(label).name}-${part.image}.img`) }]
        : [],
    );
    await writeImages(source, images, folder, { force: args.force ?? false, inputs: [path] });
    const gaps = parts.filter(part => part.kind === "gap");
    writeOutput(undefined, write => write(args.json ? reportJson(label, images, gaps) : tableOf(images)));
    for (const { offset, length } of gaps) {
      printToStderr(
        `${label}: ${length} bytes at 0x${offset.toString(16)} belong to no image, and are not written`,
      );
    }
  } finally {
    source.close?.();
  }
  for (const line of errors.lines(label)) printToStderr(line);
  return errors.count === 0 ? ExitCode.good : ExitCode.findings;
};

function tableOf(images: readonly Placed[]): string {
  const width = (texts: readonly string[]) => texts.reduce((most, { length }) => Math.max(most, length), 0);
  const names = width(images.map(({ path }) => escapeText(path)));
  const lengths = width(images.map(({ length }) => String(length)));
  return images
    .map(({ path, offset, length, dialect }) => {
      const size = `${String(length).padStart(lengths)} bytes`;
      return `${escapeText(path).padEnd(names)}  ${dialect.padEnd(5)}  ${size} from 0x${offset.toString(16)}\n`;
    })
    .join("");
}

function reportJson(file: string, images: readonly Placed[], gaps: readonly GapPart[]): string {
  const report = {
    file,
    images: images.map(({ image, path, offset, length, dialect }) => ({
      image,
      path,
      offset,
      length,
      dialect,
    })),
    gaps: gaps.map(({ offset, length }) => ({ offset, length })),
  };
  return `${jsonText(JSON.stringify(report, undefined, 2))}\n`;
}

/** Writes all images to a temporary folder first: if one cannot be written, none appears. */
async function writeImages(
  source: SyncSource,
  images: readonly Placed[],
  folder: string,
  options: TargetOptions,
): Promise<void> {
  const { copyExtent } = await import("./copy-extent.js");
  for (const { path } of images) checkTarget(path, options);
  const made = makeFolder(folder);
  const temp = attempt(folder, "write", () => makeTempFolder(folder));
  const tempPathOf = ({ image }: Placed) => join(temp.path, String(image));
  try {
    for (const image of images) {
      const output = openOutput(tempPathOf(image));
      try {
        await copyExtent(source, image, output.write);
      } catch (error) {
        output.discard();
        throw error;
      }
      output.close();
    }
    for (const image of images) {
      // Another may have come there meanwhile.
      checkTarget(image.path, options);
      attempt(image.path, "write", () => renameSync(tempPathOf(image), image.path));
    }
  } finally {
    temp.remove();
    if (made !== undefined) removeEmpty(folder, made);
  }
}

/** The outermost folder that had to be made. */
function makeFolder(folder: string): string | undefined {
  return attempt(folder, "make the folder", () => mkdirSync(folder, { recursive: true }));
}

/** Removes folders that were made for nothing. */
function removeEmpty(folder: string, outermost: string): void {
  try {
    for (let at = folder; existsSync(outermost); at = dirname(at)) rmdirSync(at);
  } catch {
    // There is something in it.
  }
}

function attempt<T>(path: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new CrimgError("io", `${path}: cannot ${what}: ${systemReason(error)}`);
  }
}
