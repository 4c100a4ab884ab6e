/** What went wrong, in one word a program can test. */
export type ErrorCode =
  /** The bytes are not a checkpoint image, or not one that crimg knows. */
  | "not-an-image"
  /** The file ends before what its records announce. */
  | "truncated"
  /** The bytes stand against the format. */
  | "malformed"
  /** A value does not fit the field it shall be written to. */
  | "out-of-range"
  /** The bytes asked for are not in the image. */
  | "not-dumped"
  /** The image is sound, but cannot be converted as asked: something has no place there, or would be lost. */
  | "refused"
  /** The caller asked for something that does not exist or does not go together. */
  | "usage"
  /** A file cannot be read or written. */
  | "io";

/** Where in the file, and where in the image's structure. */
export interface Position {
  /** Bytes from the start of the file. */
  readonly offset?: number;
  /** The place in the grammar, e.g. `task[0].mm.vma[3]`. */
  readonly path?: string;
}

/** The one error class: message first, position last. */
export class CrimgError extends Error {
  override readonly name = "CrimgError";
  readonly code: ErrorCode;
  readonly offset: number | undefined;
  readonly path: string | undefined;
  /** The message without the position. */
  readonly reason: string;

  constructor(code: ErrorCode, message: string, position: Position = {}) {
    super(message + formatPosition(position));
    this.code = code;
    this.reason = message;
    this.offset = position.offset;
    this.path = position.path;
  }
}

/** ` (task[0].mm.vma[3] at 0x1394)`, or as much of it as is known. */
function formatPosition({ path, offset }: Position): string {
  const at = offset === undefined ? "" : `at 0x${offset.toString(16)}`;
  const where = [path, at].filter(Boolean).join(" ");
  return where === "" ? "" : ` (${where})`;
}
