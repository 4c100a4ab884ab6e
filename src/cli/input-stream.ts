import { constants, createReadStream, fstatSync, openSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { CrimgError } from "../errors.js";
import { systemReason } from "../source/system-reason.js";

const STDIN = 0;
/** Bytes taken from a device at once. */
const PART = 256 * 1024;

/** True for files that can be read anywhere, and for what cannot be read at all, which the file source refuses. */
export function isForFileSource(path: string): boolean {
  if (path === "-") return false;
  try {
    const stat = statSync(path);
    return stat.isDirectory() || stat.isBlockDevice() || (stat.isFile() && stat.size > 0);
  } catch {
    return true;
  }
}

/**
 * What stdin (`-`), a pipe or a device gives, as it comes. Not by reading that waits: a signal would not be heard before
 * more comes. Throws `io`.
 */
export async function* inputStream(path: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* (path === "-" ? stdin() : isPipe(path) ? pipe(path) : device(path)) as AsyncIterable<Uint8Array>;
  } catch (error) {
    const name = path === "-" ? "stdin" : path;
    throw new CrimgError("io", `${name}: cannot read: ${systemReason(error)}`);
  }
}

function stdin(): NodeJS.ReadableStream {
  // node takes a folder for an empty file.
  if (fstatSync(STDIN).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  return process.stdin;
}

function isPipe(path: string): boolean {
  return statSync(path).isFIFO();
}

/** Opened so that it waits neither for a writer nor for bytes: node cannot end while one of its threads does. */
function pipe(path: string): NodeJS.ReadableStream {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

function device(path: string): NodeJS.ReadableStream {
  return createReadStream(path, { highWaterMark: PART });
}
