import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CrimgError } from "../errors.js";
import { READ_MOST } from "./limits.js";
import { RetryWait } from "./retry-wait.js";
import { pullSource, type SyncSource } from "./source.js";
import { systemReason } from "./system-reason.js";

const STDIN = 0;
const PIPE_CHUNK = 256 * 1024;
const SLAB = READ_MOST;

/**
 * A file, or `-` for stdin. Regular files and disks are read where the walk wants to; everything else (pipes, other
 * devices, what /proc makes up) in order.
 */
export function fileSource(input: string | URL): SyncSource {
  const isStdin = input === "-";
  const path = isStdin ? "stdin" : typeof input === "string" ? input : input.href;
  const fd = isStdin ? STDIN : attempt(path, "open", () => openSync(input, "r"));
  const close = () => {
    if (!isStdin) closeSync(fd);
  };
  const stat = attempt(path, "read", () => fstatSync(fd));
  if (stat.isDirectory()) {
    close();
    throw new CrimgError("io", `${path}: is a directory, expected an image file`);
  }
  const size = stat.isBlockDevice() ? attempt(path, "read", () => sizeByReading(fd)) : stat.size;
  // /proc files say 0 bytes and have some; stdin may be a file that is read from its middle.
  if ((stat.isFile() || stat.isBlockDevice()) && size > 0 && !isStdin)
    return regularFile(fd, path, size, close);
  return pullSource(pullFrom(fd, path), close);
}

/** Bytes of a disk, which does not tell: where the first byte is that cannot be read. */
export function sizeByReading(fd: number): number {
  const byte = new Uint8Array(1);
  const has = (offset: number) => readSync(fd, byte, 0, 1, offset) === 1;
  let end = 1;
  while (has(end - 1)) end *= 2;
  // Bytes below `start` are there, that before `end` is not.
  let start = Math.floor(end / 2);
  while (start < end - 1) {
    const middle = Math.floor((start + end) / 2);
    if (has(middle - 1)) start = middle;
    else end = middle;
  }
  return start;
}

function regularFile(fd: number, path: string, size: number, close: () => void): SyncSource {
  let slab = Buffer.allocUnsafeSlow(0);
  let used = 0;
  // Windows are never written again, so each read needs room of its own; cut from slabs it costs next to nothing.
  const room = (wanted: number): Buffer => {
    if (wanted > slab.length - used) {
      slab = Buffer.allocUnsafeSlow(Math.max(SLAB, wanted));
      used = 0;
    }
    used += wanted;
    return slab.subarray(used - wanted, used);
  };
  const readInto = (offset: number, target: Uint8Array): number => {
    let done = 0;
    while (done < target.length) {
      const read = attempt(path, "read", () =>
        readSync(fd, target, done, target.length - done, offset + done),
      );
      if (read === 0) break;
      done += read;
    }
    return done;
  };
  return {
    size,
    seekable: true,
    readInto,
    read(offset, length) {
      const bytes = room(Math.max(0, Math.min(length, size - offset)));
      const done = readInto(offset, bytes);
      // Not a Buffer: cutting views of one costs three times as much, and the walk cuts one for each record.
      return new Uint8Array(bytes.buffer, bytes.byteOffset, done);
    },
    close,
  };
}

function pullFrom(fd: number, path: string): () => Uint8Array | undefined {
  const chunk = Buffer.allocUnsafeSlow(PIPE_CHUNK);
  const retry = new RetryWait();
  return () => {
    for (;;) {
      try {
        const read = readSync(fd, chunk, 0, chunk.length, null);
        retry.reset();
        return read === 0 ? undefined : chunk.subarray(0, read);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EOF") return undefined;
        // A terminal or a pipe shared with a program that set it non-blocking.
        if (code === "EAGAIN") retry.wait();
        else throw ioError(path, "read", error);
      }
    }
  };
}

function attempt<T>(path: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw ioError(path, what, error);
  }
}

function ioError(path: string, what: string, error: unknown): CrimgError {
  // What is no UTF-8 in an argument has become U+FFFD before we see it.
  const unnamable = "no such file; one whose name is not UTF-8 can only be given as stdin";
  const words = path.includes("\ufffd") ? { ENOENT: unnamable } : {};
  return new CrimgError("io", `${path}: cannot ${what}: ${systemReason(error, words)}`);
}
