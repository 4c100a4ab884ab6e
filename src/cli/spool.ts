import { createReadStream, existsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CrimgError } from "../errors.js";
import { fileSource } from "../image/file-source.js";
import { bytesSource, type SyncSource } from "../image/source.js";
import { type Aside, asideIn } from "./aside.js";

/** A source that can be read twice: what comes from a pipe is kept in a temporary file meanwhile. */
export async function rereadable(path: string, output: string | undefined): Promise<SyncSource> {
  return path === "-" || !isForFileSource(path) ? await spooled(path, output) : fileSource(path);
}

/** True for files that can be read anywhere, and for what cannot be read at all, which the file source refuses. */
function isForFileSource(path: string): boolean {
  try {
    const stat = statSync(path);
    return stat.isDirectory() || (stat.isFile() && stat.size > 0);
  } catch {
    return true;
  }
}

/** Bytes taken from a pipe at once. */
const PART = 256 * 1024;

async function spooled(path: string, output: string | undefined): Promise<SyncSource> {
  const folder = spoolFolder(output);
  let aside: Aside | undefined;
  try {
    aside = asideIn(folder);
    const kept = join(aside.path, "input");
    const length = await keep(path, kept);
    const source = length === 0 ? bytesSource(new Uint8Array(0)) : fileSource(kept);
    return {
      ...source,
      close() {
        source.close?.();
        aside?.remove();
      },
    };
  } catch (error) {
    aside?.remove();
    if (error instanceof CrimgError) throw error;
    throw new CrimgError("io", `${folder}: cannot keep the input there: ${(error as Error).message}`);
  }
}

async function keep(path: string, kept: string): Promise<number> {
  const file = await open(kept, "wx", 0o600);
  let length = 0;
  try {
    for await (const chunk of chunksOf(path)) {
      await file.writeFile(chunk);
      length += chunk.length;
    }
  } finally {
    await file.close();
  }
  return length;
}

/** The input in pieces. Not by reading that waits: a signal would not be heard before the input ends. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const input = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: PART });
  try {
    yield* input as AsyncIterable<Uint8Array>;
  } catch (error) {
    const name = path === "-" ? "stdin" : path;
    throw new CrimgError("io", `${name}: cannot read: ${(error as Error).message}`);
  }
}

/** Beside the output, where there must be room for it anyway. */
function spoolFolder(output: string | undefined): string {
  if (output === undefined || output === "-") return tmpdir();
  const isSpecial = existsSync(output) && !statSync(output).isFile();
  const folder = dirname(output);
  return isSpecial || !existsSync(folder) ? tmpdir() : folder;
}
