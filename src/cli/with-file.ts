import { CrimgError, type ErrorCode } from "../errors.js";
import { fileSource } from "../source/file-source.js";
import type { SyncSource } from "../source/source.js";
import { rereadable } from "./spool.js";

/** May look at how a source is read. */
export type Watch = (source: SyncSource) => SyncSource;

/** Why nothing came of a file; plain data, so that a worker can send it. */
export interface FileFailure {
  readonly path: string;
  readonly failure: { readonly code: ErrorCode; readonly message: string };
}

/** Lets `use` read a file, and closes it. Errors of ours are part of the result; anything else is a bug and thrown. */
export function withFile<T>(
  path: string,
  watch: Watch | undefined,
  use: (source: SyncSource) => T,
): T | FileFailure {
  try {
    return using(fileSource(path), watch, use);
  } catch (error) {
    return failureOf(path, error);
  }
}

/** The same for what `use` reads twice: bytes of a pipe are kept in a temporary file meanwhile. */
export async function withRereadable<T>(
  path: string,
  watch: Watch | undefined,
  use: (source: SyncSource) => T,
): Promise<T | FileFailure> {
  try {
    return using(await rereadable(path, undefined), watch, use);
  } catch (error) {
    return failureOf(path, error);
  }
}

function using<T>(source: SyncSource, watch: Watch | undefined, use: (source: SyncSource) => T): T {
  try {
    return use(watch === undefined ? source : watch(source));
  } finally {
    source.close?.();
  }
}

function failureOf(path: string, error: unknown): FileFailure {
  if (!(error instanceof CrimgError)) throw error;
  return { path, failure: { code: error.code, message: error.message } };
}
