import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CrimgError } from "../errors.js";
import { fileSource } from "../image/file-source.js";
import type { SyncSource } from "../image/source.js";
import { removeIfInterrupted } from "./output.js";

/** A source that can be read twice: what comes from a pipe is kept in a temporary file meanwhile. */
export function rereadable(path: string, output: string | undefined): SyncSource {
  const source = fileSource(path);
  return source.seekable ? source : spooled(source, output);
}

/** Bytes taken from a pipe at once. */
const PART = 1024 * 1024;

/** Beside the output, where there must be room for it anyway. */
function spooled(source: SyncSource, output: string | undefined): SyncSource {
  const folder = output === undefined || output === "-" ? tmpdir() : dirname(output);
  let made: string | undefined;
  let forget = () => {};
  const remove = () => {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    forget();
  };
  try {
    made = mkdtempSync(join(folder, ".crimg-"));
    forget = removeIfInterrupted(made);
    const path = join(made, "stdin");
    const fd = openSync(path, "wx", 0o600);
    for (let at = 0; ; ) {
      const bytes = source.read(at, PART);
      if (bytes.length === 0) break;
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      at += bytes.length;
    }
    closeSync(fd);
    source.close?.();
    const kept = fileSource(path);
    return {
      ...kept,
      close() {
        kept.close?.();
        remove();
      },
    };
  } catch (error) {
    remove();
    if (error instanceof CrimgError) throw error;
    throw new CrimgError("io", `${folder}: cannot keep the input there: ${(error as Error).message}`);
  }
}
