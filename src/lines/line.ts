import { CrimgError, type ErrorCode } from "../errors.js";

/**
 * An image as JSON Lines. The first line is the head line; then, in file order, an image line before the items of each
 * image, and a line for each item of the walk (several for a long one). The lines' bytes one after the other are the
 * file again. schemas/image-line.schema.json says what each kind of line holds.
 */
export const LINES_FORMAT = "crimg image lines";
export const LINES_VERSION = 1;

/** Where page contents are: in the lines, in a file beside them, or nowhere. */
export type PagesMode = "inline" | "file" | "none";

/** A line as JSON.parse gives it, or the object of fields in one. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Something is wrong with a line: the message, then its number (counted from 1) and the JSON pointer to the place in it. */
export function lineError(
  number: number,
  pointer: string,
  message: string,
  code: ErrorCode = "malformed",
): CrimgError {
  return new CrimgError(code, message, { path: `line ${number}${pointer === "" ? "" : ` ${pointer}`}` });
}

/** An error of ours with the place in the lines; any other as it is. */
export function errorInLine(error: unknown, number: number, pointer: string): unknown {
  return error instanceof CrimgError ? lineError(number, pointer, error.reason, error.code) : error;
}

/** A value for a message: as JSON, cut if it is long; of objects and lists only that they are. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 48 ? `${text.slice(0, 45)}...` : text;
}
