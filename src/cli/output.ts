import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CrimgError } from "../errors.js";

const STDOUT = 1;
const CHUNK = 64 * 1024;

/** The reader of our output has gone (`| head`): no error, but no reason to go on. */
export class ReaderGone extends Error {}

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

/** What may stand at the place of an output. */
export interface OutputOptions {
  /** Replace a file that is there. Default: yes, as reports do. */
  readonly force?: boolean;
  /** Files that are being read: none may be the output, under whatever name. */
  readonly inputs?: readonly string[];
}

/**
 * Lets `produce` write to stdout or, if a path is given, to a file that appears under its name only when it is
 * complete. If `produce` throws, stdout keeps what was written before, and the file is not there.
 */
export function writeOutput<T>(path: string | undefined, produce: (write: Write) => T): T {
  const output = openOutput(path);
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
export async function writeLong<T>(
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
  return path === undefined || path === "-" ? toDescriptor(STDOUT) : toFile(path, options);
}

/** What stands where an output shall go. */
interface Target {
  /** The path behind links: a link keeps pointing where it does, and what it points at is replaced. */
  readonly path: string;
  readonly old: Stats | undefined;
}

/** Throws if an output could not go there, as far as that can be known before anything is done. */
export function checkTarget(path: string | undefined, options: OutputOptions): void {
  if (path !== undefined && path !== "-") targetOf(path, options);
}

function targetOf(given: string, { force = true, inputs = [] }: OutputOptions): Target {
  const no = (why: string) => {
    throw new CrimgError("io", `${given}: cannot write: ${why}`);
  };
  const old = attempt(given, () => statSync(given, { throwIfNoEntry: false }));
  if (old?.isDirectory() || given === "") no("is a directory");
  for (const input of old === undefined ? [] : inputs) {
    const stat = statSync(input, { throwIfNoEntry: false });
    if (stat?.ino === old!.ino && stat.dev === old!.dev) {
      throw new CrimgError("usage", `${given} is also the input; write to another file`);
    }
  }
  if (old?.isFile() && !force) no("is there already; --force replaces it");
  return { path: attempt(given, () => (old === undefined ? behindLinks(given) : realpathSync(given))), old };
}

/** Where a link leads that leads to nothing yet. */
function behindLinks(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? behindLinks(resolve(dirname(path), readlinkSync(path))) : path;
}

/** Bytes of a name that are kept in that of its temporary file: the longest name leaves no room for more. */
const NAME_KEPT = 32;

function toFile(given: string, options: OutputOptions): Output {
  const { path, old } = targetOf(given, options);
  // A device or a pipe is written to as it stands: there is nothing to put in its place.
  if (old !== undefined && !old.isFile()) return toSpecial(path);

  // Beside the target, so that renaming does not cross file systems.
  const name = `.${basename(path).slice(0, NAME_KEPT)}.${process.pid}.tmp`;
  const temporary = join(dirname(path), name);
  const forget = removeIfInterrupted(temporary);
  const fd = attempt(given, () => openNew(temporary, forget));
  // What `open` is told is cut by the umask.
  if (old !== undefined) fchmodSync(fd, old.mode);
  const output = toDescriptor(fd, given);
  let isOpen = true;
  const end = () => {
    isOpen = false;
    closeSync(fd);
    forget();
  };
  return {
    write: output.write,
    close() {
      try {
        output.close();
        attempt(given, () => fsyncSync(fd));
        // Another may have come there meanwhile.
        targetOf(given, options);
        attempt(given, () => renameSync(temporary, path));
      } catch (error) {
        unlinkSync(temporary);
        throw error;
      } finally {
        end();
      }
    },
    discard() {
      if (!isOpen) return;
      unlinkSync(temporary);
      end();
    },
  };
}

function openNew(path: string, forget: () => void): number {
  try {
    return openSync(path, "wx");
  } catch (error) {
    forget();
    throw error;
  }
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
    write(data) {
      if (typeof data !== "string") {
        flush();
        writeWhole(fd, data, path);
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

const unfinished = new Set<string>();
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Has a temporary file or folder removed if the run is interrupted; the result takes that back. To be called before it
 * is made: until then a signal just ends the process.
 */
export function removeIfInterrupted(path: string): () => void {
  if (unfinished.size === 0) for (const name of Object.keys(signals)) process.on(name, removeAndExit);
  unfinished.add(path);
  return () => {
    unfinished.delete(path);
    if (unfinished.size === 0) for (const name of Object.keys(signals)) process.off(name, removeAndExit);
  };
}

function removeAndExit(signal: keyof typeof signals): never {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
  process.exit(signals[signal]);
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
      ELOOP: "too many symbolic links",
      ENAMETOOLONG: "the name is too long",
    };
    throw new CrimgError("io", `${path}: cannot write: ${(code && reasons[code]) ?? message}`);
  }
}
