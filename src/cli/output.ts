import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { CrimgError } from "../errors.js";

const STDOUT = 1;
const CHUNK = 64 * 1024;

/** The reader of our output has gone (`| head`): no error, but no reason to go on. */
export class ReaderGone extends Error {}

/**
 * Lets `produce` write to stdout or, if a path is given, to a file that appears under its name only when it is
 * complete. If `produce` throws, stdout keeps what was written before, and the file is not there.
 */
export function writeOutput<T>(path: string | undefined, produce: (write: Output["write"]) => T): T {
  const output = path === undefined || path === "-" ? toDescriptor(STDOUT) : toFile(path);
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

interface Output {
  write(text: string): void;
  /** Writes what is left, and puts the file in its place. */
  close(): void;
  /** Leaves nothing behind. */
  discard(): void;
}

function toFile(given: string): Output {
  // A link keeps pointing where it does: what it points at is replaced.
  const path = attempt(given, () => (existsSync(given) ? realpathSync(given) : given));
  const old = statSync(path, { throwIfNoEntry: false });
  if (old?.isDirectory() || path === "") throw new CrimgError("io", `${given}: cannot write: is a directory`);
  // A device or a pipe is written to as it stands: there is nothing to put in its place.
  if (old !== undefined && !old.isFile()) return toSpecial(path);

  // Beside the target, so that renaming does not cross file systems.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const fd = attempt(given, () => openSync(temporary, "wx", old?.mode));
  const output = toDescriptor(fd, given);
  return {
    write: output.write,
    close() {
      try {
        output.close();
        attempt(given, () => {
          fsyncSync(fd);
          renameSync(temporary, path);
        });
      } catch (error) {
        unlinkSync(temporary);
        throw error;
      } finally {
        closeSync(fd);
      }
    },
    discard() {
      closeSync(fd);
      unlinkSync(temporary);
    },
  };
}

function toSpecial(path: string): Output {
  const fd = attempt(path, () => openSync(path, "w"));
  const output = toDescriptor(fd, path);
  const end = () => {
    output.close();
    closeSync(fd);
  };
  return { write: output.write, close: end, discard: end };
}

function toDescriptor(fd: number, path = "stdout"): Output {
  let pieces: string[] = [];
  let length = 0;
  const flush = () => {
    if (length === 0) return;
    const bytes = Buffer.from(pieces.join(""));
    pieces = [];
    length = 0;
    writeWhole(fd, bytes, path);
  };
  return {
    write(text) {
      pieces.push(text);
      length += text.length;
      if (length >= CHUNK) flush();
    },
    close: flush,
    // What was read before an error is still worth having.
    discard: flush,
  };
}

/** Writes all of `bytes`, also to a pipe that takes them a few at a time. */
function writeWhole(fd: number, bytes: Uint8Array, path: string): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") throw new ReaderGone();
      if (code !== "EAGAIN") throw new CrimgError("io", `${path}: cannot write: ${message}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: "no such folder",
      ENOTDIR: "no such folder",
      EACCES: "permission denied",
      EROFS: "the file system is read-only",
      ENOSPC: "no space left",
    };
    throw new CrimgError("io", `${path}: cannot write: ${(code && reasons[code]) ?? message}`);
  }
}
