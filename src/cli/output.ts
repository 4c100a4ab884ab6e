import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { removeIfInterrupted } from "./interruption.js";
import { type TargetOptions, targetOf } from "./output-target.js";
import { type SparseWriter, sparseWriter } from "./sparse.js";
import { writeAll } from "./write-all.js";
import { attempt } from "./write-error.js";

const STDOUT = 1;
const CHUNK = 64 * 1024;

/** What may stand at the place of an output, and when it comes there. */
export interface OutputOptions extends TargetOptions {
  /**
   * Make the file only when something is written. Where an image is searched for first, no signal is heard meanwhile, and
   * none needs to be if there is no file yet. Default: at once, so that what keeps it from being made is known before.
   */
  readonly late?: boolean;
}

/** Text, or the bytes of an image. */
export type Write = (data: string | Uint8Array) => void;

/** Somewhere to write to. */
export interface Output {
  readonly write: Write;
  /** Writes what is left, and puts the file in its place. */
  close(): void;
  /** Leaves nothing behind. */
  discard(): void;
}

/**
 * Lets `produce` write to stdout or, if a path is given, to a file that appears under its name only when it is
 * complete. If `produce` throws, stdout keeps what was written before, and the file is not there.
 */
export function writeOutput<T>(
  path: string | undefined,
  produce: (write: Write) => T,
  options: OutputOptions = {},
): T {
  const output = openOutput(path, options);
  let result: T;
  try {
    result = produce(output.write);
  } catch (error) {
    output.discard();
    throw error;
  }
  output.close();
  return result;
}

/** The same for work that waits now and then, so that signals are heard. */
export async function writeOutputAsync<T>(
  path: string | undefined,
  options: OutputOptions,
  produce: (write: Write) => Promise<T>,
): Promise<T> {
  const output = openOutput(path, options);
  let result: T;
  try {
    result = await produce(output.write);
  } catch (error) {
    output.discard();
    throw error;
  }
  output.close();
  return result;
}

/** Stdout (no path, or `-`), or a file that appears under its name when it is closed. */
export function openOutput(path: string | undefined, options: OutputOptions = {}): Output {
  return path === undefined || path === "-"
    ? buffered(bytes => writeAll(STDOUT, bytes, "stdout"))
    : toFile(path, options);
}

/** Bytes of a name that are kept in that of its temporary file: the longest name leaves no room for more. */
const NAME_KEPT = 32;

function toFile(given: string, options: OutputOptions): Output {
  const { path, old } = targetOf(given, options);
  // A device or a pipe is written to as it stands: there is nothing to put in its place.
  if (old !== undefined && !old.isFile()) return toSpecial(path);

  attempt(given, () => accessSync(dirname(path), constants.W_OK | constants.X_OK));
  let made: Unfinished | undefined;
  const file = () => {
    made ??= attempt(given, () => openBeside(path, given, old?.mode));
    return made;
  };
  if (!options.late) file();
  const output = buffered(bytes => file().writer.write(bytes));
  const end = () => {
    made?.close();
    made = undefined;
  };
  return {
    write: output.write,
    close() {
      try {
        output.close();
        const { fd, temporary, writer } = file();
        writer.end();
        attempt(given, () => fsyncSync(fd));
        // Another may have come there meanwhile.
        targetOf(given, options);
        attempt(given, () => renameSync(temporary, path));
      } finally {
        end();
      }
    },
    discard: end,
  };
}

/** A file that stands beside its place until it is complete. */
interface Unfinished {
  readonly fd: number;
  readonly temporary: string;
  readonly writer: SparseWriter;
  /** Removes it, if it is still there. */
  close(): void;
}

/** Opens a new file beside another, so that renaming does not cross file systems. */
function openBeside(path: string, given: string, mode: number | undefined): Unfinished {
  const kept = basename(path).slice(0, NAME_KEPT);
  // Where processes start to be counted anew, one that was killed may have left a file of this name.
  for (let count = process.pid; ; count++) {
    const temporary = join(dirname(path), `.${kept}.${count}.tmp`);
    const forget = removeIfInterrupted(temporary);
    try {
      const fd = openSync(temporary, "wx");
      // What `open` is told is cut by the umask.
      if (mode !== undefined) fchmodSync(fd, mode);
      const close = () => {
        closeSync(fd);
        rmSync(temporary, { force: true });
        forget();
      };
      return { fd, temporary, writer: sparseWriter(fd, given), close };
    } catch (error) {
      forget();
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function toSpecial(path: string): Output {
  const fd = attempt(path, () => openSync(path, "w"));
  const output = buffered(bytes => writeAll(fd, bytes, path));
  const end = () => {
    try {
      output.close();
    } finally {
      closeSync(fd);
    }
  };
  return { write: output.write, close: end, discard: end };
}

/** Text is gathered, and written in larger pieces. */
function buffered(writeBytes: (bytes: Uint8Array) => void): Output {
  let pieces: string[] = [];
  let length = 0;
  const flush = () => {
    if (length === 0) return;
    const bytes = Buffer.from(pieces.join(""));
    pieces = [];
    length = 0;
    writeBytes(bytes);
  };
  return {
    write(data) {
      if (typeof data !== "string") {
        flush();
        writeBytes(data);
        return;
      }
      pieces.push(data);
      length += data.length;
      if (length >= CHUNK) flush();
    },
    close: flush,
    // What was read before an error is still worth having.
    discard: flush,
  };
}
