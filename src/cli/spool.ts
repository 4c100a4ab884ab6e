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

/** A source that can be read twice: what comes from a pipe is kept in a temporary file meanwhile. */
export async function rereadable(path: string, output: string | undefined): Promise<SyncSource> {
  return isForFileSource(path) ? fileSource(path) : await spooled(path, output);
}

async function spooled(path: string, output: string | undefined): Promise<SyncSource> {
  const folder = spoolFolder(output);
  try {
    const temp = makeTempFolder(folder);
    try {
      const kept = join(temp.path, "input");
      const length = await keep(path, kept);
      return length === 0 ? bytesSource(new Uint8Array(0)) : fileSource(kept);
    } finally {
      // An open file needs no name, and one without leaves nothing behind, whatever ends the run.
      temp.remove();
    }
  } catch (error) {
    if (error instanceof CrimgError) throw error;
    throw new CrimgError("io", `${folder}: cannot keep the input there: ${systemReason(error)}`);
  }
}

async function keep(path: string, kept: string): Promise<number> {
  const file = await open(kept, "wx", 0o600);
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

/** Beside the output, where there must be room for it anyway. */
function spoolFolder(output: string | undefined): string {
  if (output === undefined || output === "-") return tmpdir();
  const isSpecial = existsSync(output) && !statSync(output).isFile();
  const folder = dirname(output);
  return isSpecial || !existsSync(folder) ? tmpdir() : folder;
}
