import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
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

function toFile(path: string): Output {
  // Beside the target, so that renaming does not cross file systems.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const fd = attempt(path, () => openSync(temporary, "wx"));
  const output = toDescriptor(fd, path);
  return {
    write: output.write,
    close() {
      output.close();
      attempt(path, () => {
        fsyncSync(fd);
        closeSync(fd);
        renameSync(temporary, path);
      });
    },
    discard() {
      closeSync(fd);
      unlinkSync(temporary);
    },
  };
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
export function writeWhole(fd: number, bytes: Uint8Array, path: string): void {
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
    throw new CrimgError("io", `${path}: cannot write: ${(error as Error).message}`);
  }
}
