import { CrimgError } from "../../errors.js";
import type { Dialect } from "../../stream/dialect.js";
import { cr1 } from "./cr-1.js";
import { cr2 } from "./cr-2.js";
import { cr3a } from "./cr-3a.js";
import { cr3b } from "./cr-3b.js";

/** Every dialect crimg reads, oldest first. */
export const dialects: readonly Dialect[] = [cr1, cr2, cr3a, cr3b];

/** The dialect of a name; `usage` if there is none. */
export function dialectNamed(name: string): Dialect {
  const found = dialects.find(dialect => dialect.name === name);
  if (found) return found;
  throw new CrimgError("usage", `no dialect "${name}"; there are ${dialects.map(d => d.name).join(", ")}`);
}
