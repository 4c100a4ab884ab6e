import type { Argv } from "yargs";
import { CrimgError } from "../errors.js";
import { outputName } from "./arguments.js";

/** `-o IMAGE` and `--force`, of commands whose result is an image. */
export function imageOutputOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("output", {
      alias: "o",
      type: "string",
      requiresArg: true,
      coerce: outputName,
      describe: "write the image to this file, which appears only when it is complete; - for stdout",
    })
    .option("force", { alias: "f", type: "boolean", describe: "replace a file that is there" });
}

/** Where the image goes. It must be said, and bytes are not for a terminal. */
export function imageOutput(output: string | undefined): string {
  if (output === undefined) throw new CrimgError("usage", "where to? -o FILE, or -o - for stdout");
  if (output === "-" && process.stdout.isTTY) {
    throw new CrimgError("usage", "stdout is a terminal; an image goes to a file or a pipe");
  }
  return output;
}
