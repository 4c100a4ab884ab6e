import type { Target } from "./target.js";
import { boundsTarget } from "./targets/bounds.js";
import { buildTarget } from "./targets/build.js";
import { convertTarget } from "./targets/convert.js";
import { dumpTarget } from "./targets/dump.js";
import { editedLinesTarget } from "./targets/edited-lines.js";
import { linesTarget } from "./targets/lines.js";
import { memoryTarget } from "./targets/memory.js";
import { verifyTarget } from "./targets/verify.js";
import { walkTarget } from "./targets/walk.js";

export const targets: readonly Target[] = [
  walkTarget,
  dumpTarget,
  verifyTarget,
  convertTarget,
  linesTarget,
  editedLinesTarget,
  buildTarget,
  memoryTarget,
  boundsTarget,
];

export function targetNamed(name: string): Target {
  const found = targets.find(target => target.name === name);
  if (found !== undefined) return found;
  throw new Error(`no target ${name}; there are ${targets.map(target => target.name).join(", ")}`);
}
