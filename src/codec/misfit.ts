import { CrimgError } from "../errors.js";

/** Throws `out-of-range`: the value of the field that `label` names is nothing that a `kind` can hold. */
export function misfit(value: unknown, label: string, kind: string): never {
  const found = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value));
  throw new CrimgError("out-of-range", `${label} is a ${kind}, ${found} does not fit`);
}

/** Throws `out-of-range`: the field that `label` names has no room for `found` bytes. */
export function wrongLength(found: number, expected: string, label: string): never {
  throw new CrimgError("out-of-range", `${label} takes ${expected} bytes, ${found} given`);
}
