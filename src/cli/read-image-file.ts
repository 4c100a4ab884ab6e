import { CrimgError, type ErrorCode } from "../errors.js";
import { fileSource } from "../source/file-source.js";
import type { SyncSource } from "../source/source.js";
import { seekableInput } from "./seekable-input.js";

/** May look at how a source is read. */
export type Watch = (source: SyncSource) => SyncSource;

/** Why nothing came of a file; plain data, so that a worker can send it. */
export interface FileFailure {
  readonly path: string;
  readonly failure: { readonly code: ErrorCode; readonly message: string };
}

/** Opens a file, lets `read` have it, and closes it. Errors of ours are part of the result; anything else is a bug and thrown. */
export function readImageFile<T>(
  path: string,
  watch: Watch | undefined,
  read: (source: SyncSource) => T,
): T | FileFailure {
  try {
    return using(fileSource(path), watch, read);
  } catch (error) {
    return failureOf(path, error);
  }
}

/** The same for what `read` reads twice: bytes of a pipe are kept in a temporary file meanwhile. */
export async function readSeekableFile<T>(
  path: string,
  watch: Watch | undefined,
  read: (source: SyncSource) => T,
): Promise<T | FileFailure> {
  try {
    return using(await seekableInput(path, undefined), watch, read);
  } catch (error) {
    return failureOf(path, error);
  }
}

function using<T>(source: SyncSource, watch: Watch | undefined, read: (source: SyncSource) => T): T {
  try {
    return read(watch === undefined ? source : watch(source));
  } finally {
    source.close?.();
  }
}

function failureOf(path: string, error: unknown): FileFailure {
  if (!(error instanceof CrimgError)) throw error;
  return { path, failure: { code: error.code, message: error.message } };
}
