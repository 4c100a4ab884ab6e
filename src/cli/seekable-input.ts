import { existsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CrimgError } from "../errors.js";
import { fileSource } from "../source/file-source.js";
import { bytesSource, type SyncSource } from "../source/source.js";
import { systemReason } from "../source/system-reason.js";
import { inputStream, isForFileSource } from "./input-stream.js";
import { canBeSparse } from "./sparse.js";
import { makeTempFolder } from "./temp-folder.js";

/**
 * An input that can be read anywhere, and more than once: what comes from a pipe is copied to a temporary file first.
 * `output` is where the result goes, if it does.
 */
export async function seekableInput(path: string, output: string | undefined): Promise<SyncSource> {
  return isForFileSource(path) ? fileSource(path) : await fromTempFile(path, output);
}

async function fromTempFile(path: string, output: string | undefined): Promise<SyncSource> {
  const folder = tempParent(output);
  try {
    const temp = makeTempFolder(folder);
    try {
      const copy = join(temp.path, "input");
      const length = await copyInput(path, copy);
      return length === 0 ? bytesSource(new Uint8Array(0)) : fileSource(copy);
    } finally {
      // An open file needs no name, and one without leaves nothing behind, whatever ends the run.
      temp.remove();
    }
  } catch (error) {
    if (error instanceof CrimgError) throw error;
    throw new CrimgError("io", `${folder}: cannot keep the input there: ${systemReason(error)}`);
  }
}

/** Copies an input to a new file; its length. */
async function copyInput(path: string, copy: string): Promise<number> {
  const file = await open(copy, "wx", 0o600);
  let length = 0;
  try {
    for await (const chunk of inputStream(path)) {
      for (let done = 0; done < chunk.length && !canBeSparse(chunk); ) {
        done += (await file.write(chunk, done, chunk.length - done, length + done)).bytesWritten;
      }
      length += chunk.length;
    }
    await file.truncate(length);
  } finally {
    await file.close();
  }
  return length;
}

/** The folder of the output, where there must be room for it anyway. */
function tempParent(output: string | undefined): string {
  if (output === undefined || output === "-") return tmpdir();
  const isSpecial = existsSync(output) && !statSync(output).isFile();
  const folder = dirname(output);
  return isSpecial || !existsSync(folder) ? tmpdir() : folder;
}
