import { jsonFault } from "./json-fault.js";
import { type JsonObject, lineError, valueText } from "./line.js";

/** True for a line that holds nothing. */
export function isBlankLine(text: string): boolean {
  return text === "" || (text.charCodeAt(0) <= SPACE && text.trim() === "");
}

const SPACE = 0x20;

/** The object that a line holds. Throws `malformed` with line and column. */
export function parseLine(text: string, number: number): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw faulty(text, number);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw lineError(number, "", `a line is an object, found ${valueText(value)}`);
  }
  // JSON.parse keeps the last of two members of one name, and says nothing.
  if (countNames(value) !== countColons(text)) {
    const fault = jsonFault(text);
    if (fault !== undefined) throw faulty(text, number);
  }
  return value as JsonObject;
}

function faulty(text: string, number: number): Error {
  const { column, message } = jsonFault(text) ?? { column: 1, message: "this is no JSON" };
  return lineError(number, `column ${column}`, message);
}

/** How deep lines are: the line, its fields or its list, the elements of that. */
const DEPTH = 3;

/** Members of the value and of what is within, as deep as lines are. */
function countNames(value: object, depth = DEPTH): number {
  // A list holds values of one kind; page addresses are many.
  if (Array.isArray(value) && typeof value[0] !== "object") return 0;
  const members = Object.values(value);
  let count = Array.isArray(value) ? 0 : members.length;
  if (depth === 1) return count;
  for (const member of members) {
    if (typeof member === "object" && member !== null) count += countNames(member, depth - 1);
  }
  return count;
}

/** Colons behind a quotation mark: one for each name, and perhaps some inside of strings. */
function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) <= SPACE) before--;
    if (text.charCodeAt(before) === QUOTE) count++;
  }
  return count;
}

const QUOTE = 0x22;
