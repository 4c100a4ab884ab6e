import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";
import type { SyncSource } from "../source/source.js";
import { inputName, type Run } from "./arguments.js";
import { labelErrors } from "./error-label.js";
import { EXIT_CODES_TEXT, ExitCode } from "./exit-code.js";
import { imageOutput, imageOutputOptions } from "./image-output.js";
import { writeOutputAsync } from "./output.js";

export const command = "join <files..>";
export const describe = "Write several images into one file, one behind the other";

export function builder(yargs: Argv) {
  return imageOutputOptions(yargs)
    .positional("files", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "image files, - for stdin",
    })
    .example("crimg join a.img b.img -o both.img", "b.img behind a.img")
    .epilogue("Only sound images are joined, with nothing around them.\n")
    .epilogue(EXIT_CODES_TEXT);
}

type Args = Awaited<ReturnType<ReturnType<typeof builder>["parseAsync"]>>;

/** A file that is joined. It stays open: what comes from a pipe can be opened only once. */
interface Input {
  readonly label: string;
  readonly source: SyncSource;
  length: number;
}

export const run: Run<Args> = async args => {
  const target = imageOutput(args.output);
  const paths = args.files.map(inputName);
  if (paths.indexOf("-") !== paths.lastIndexOf("-")) {
    throw new CrimgError("usage", "stdin can be read only once");
  }
  const [{ seekableInput }, { formats }, { soundLength }, { copyExtent }] = await Promise.all([
    import("./seekable-input.js"),
    import("../formats/registry.js"),
    import("../stream/file-parts.js"),
    import("./copy-extent.js"),
  ]);
  const inputs: Input[] = [];
  try {
    for (const path of paths) {
      inputs.push({
        label: path === "-" ? "stdin" : path,
        source: await seekableInput(path, target),
        length: 0,
      });
    }
    // All are looked at before anything is written.
    for (const input of inputs) {
      input.length = await labelErrors(input.label, () => soundLength(input.source, formats));
    }
    await writeOutputAsync(target, { force: args.force ?? false, inputs: paths }, async write => {
      for (const { label, source, length } of inputs) {
        await labelErrors(label, () => copyExtent(source, { offset: 0, length }, write));
      }
    });
    return ExitCode.good;
  } finally {
    for (const { source } of inputs) source.close?.();
  }
};
