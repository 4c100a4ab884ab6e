import { CrimgError } from "../errors.js";

/** What is wrong with an input, behind its name; errors of reading it have the name already. */
export function withLabel(label: string, { code, message }: Pick<CrimgError, "code" | "message">): string {
  return code === "io" ? message : `${label}: ${message}`;
}

/** Does something with an input. An error of ours gets the name of the input before it. */
export async function labelErrors<T>(label: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof CrimgError ? new CrimgError(error.code, withLabel(label, error)) : error;
  }
}
