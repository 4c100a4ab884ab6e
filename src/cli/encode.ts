import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";
import type { Source, SyncSource } from "../source/source.js";
import { inputName, type Run } from "./arguments.js";
import { defined } from "./defined.js";
import { labelErrors } from "./error-label.js";
import { EXIT_CODES_TEXT, ExitCode } from "./exit-code.js";
import { loadFormatCommands as load, ofFormats } from "./format-commands.js";
import { imageOutput, imageOutputOptions } from "./image-output.js";
import { type Write, writeOutputAsync } from "./output.js";
import type { SignalYield } from "./signal-yield.js";

export { load };

export const command = "encode <file>";
export const describe = "Write the image that JSON Lines of crimg decode stand for";

export function builder(yargs: Argv) {
  return imageOutputOptions(yargs)
    .positional("file", { type: "string", demandOption: true, describe: "the JSON Lines, - for stdin" })
    .option("pages", {
      type: "string",
      requiresArg: true,
      describe: "the file with the page contents, if they are not in the lines",
    })
    .option("fix-counts", {
      type: "boolean",
      describe: "write lengths and counts as the lines make them, not as they say them",
    })
    .example("crimg encode app.jsonl -o new.img", "what was decoded, with what was edited")
    .example("crimg encode app.jsonl -o new.img --pages app.raw", "page contents from their file")
    .example("crimg encode app.jsonl -o new.img --fix-counts", "with a line more, or less")
    .epilogue(fixCountsText())
    .epilogue(EXIT_CODES_TEXT);
}

/** What --fix-counts does. */
function fixCountsText(): string {
  const counts = ofFormats("encode").map(({ fixCounts }) => fixCounts);
  return (
    "Without --fix-counts everything is written as the lines say it, sense or not. With it these follow from what is " +
    `there: len of each record, ${counts.join(" ")}\n`
  );
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

export const run: Run<Args> = async args => {
  const path = inputName(args.file);
  const target = imageOutput(args.output);
  const pagesPath = args.pages === undefined ? undefined : inputName(args.pages);
  if (pagesPath === "-" && path === "-") {
    throw new CrimgError("usage", "lines and page contents cannot both come from stdin");
  }
  const fixCounts = args.fixCounts ?? false;
  const { seekableInput } = await import("./seekable-input.js");
  const pages = pagesPath === undefined ? undefined : await pagesSource(pagesPath);
  // A count stands before what it counts: all lines are read once before the first is written.
  const lines = path === "-" && !fixCounts ? undefined : await seekableInput(path, target);
  try {
    const inputs = pagesPath === undefined ? [path] : [path, pagesPath];
    const label = path === "-" ? "stdin" : path;
    await writeOutputAsync(target, { force: args.force ?? false, inputs }, write =>
      labelErrors(label, () => encode(lines, pages, fixCounts, write)),
    );
    return ExitCode.good;
  } finally {
    lines?.close?.();
    await pages?.close?.();
  }
};

/** The page contents, which are read in order, and once. */
async function pagesSource(path: string): Promise<Source> {
  const [{ fileSource }, { streamSource }, { inputStream, isForFileSource }] = await Promise.all([
    import("../source/file-source.js"),
    import("../source/source.js"),
    import("./input-stream.js"),
  ]);
  return isForFileSource(path) ? fileSource(path) : streamSource(inputStream(path));
}

/** Writes the image that the lines make; without lines of a file, those that stdin has. */
async function encode(
  lines: SyncSource | undefined,
  pages: Source | undefined,
  fixCounts: boolean,
  write: Write,
): Promise<void> {
  const [{ encodeLines }, { formats }, { inputStream }, { signalYield }] = await Promise.all([
    import("../lines/encode.js"),
    import("../formats/registry.js"),
    import("./input-stream.js"),
    import("./signal-yield.js"),
  ]);
  const yieldToSignals = signalYield();
  const chunks = lines === undefined ? inputStream("-") : fileChunks(lines, yieldToSignals);
  const options = { fixCounts, ...defined({ pages }) };
  await encodeLines(chunks, formats, options, {
    write(bytes) {
      write(bytes);
      return yieldToSignals(bytes.length);
    },
  });
}

/** Bytes of lines read at once. */
const CHUNK = 256 * 1024;

/** A file from its start, each time anew. */
function fileChunks(source: SyncSource, yieldToSignals: SignalYield): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      for (let offset = 0; ; ) {
        const chunk = source.read(offset, CHUNK);
        if (chunk.length === 0) return;
        yield chunk;
        offset += chunk.length;
        await yieldToSignals(chunk.length);
      }
    },
  };
}
