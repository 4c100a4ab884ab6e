import { CrimgError } from "../../src/errors.js";

/** What became of a call: a value, or an error of ours. Anything else that is thrown is a bug, and goes on. */
export type Outcome<T> =
  | { readonly value: T; readonly error?: never }
  | { readonly error: CrimgError; readonly value?: never };

export function outcomeOf<T>(action: () => T): Outcome<T> {
  try {
    return { value: action() };
  } catch (error) {
    return { error: ours(error) };
  }
}

export async function outcomeOfAsync<T>(action: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await action() };
  } catch (error) {
    return { error: ours(error) };
  }
}

/** What two outcomes must have in common, if they are errors. */
export function errorText({ error }: Outcome<unknown>): string | undefined {
  return error && `${error.code}: ${error.message}`;
}

function ours(error: unknown): CrimgError {
  if (error instanceof CrimgError) return error;
  throw error;
}
