import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CrimgError } from "../errors.js";
import { attempt } from "./write-error.js";

/** What may stand at the place of an output. */
export interface TargetOptions {
  /** Replace a file that is there. Default: yes, as reports do. */
  readonly force?: boolean;
  /** Files that are being read: none may be the output, under whatever name. */
  readonly inputs?: readonly string[];
}

/** What stands where an output shall go. */
export interface Target {
  /** The path behind links: a link keeps pointing where it does, and what it points at is replaced. */
  readonly path: string;
  readonly old: Stats | undefined;
}

/** Throws if an output could not go there, as far as that can be known before anything is done. */
export function checkTarget(path: string | undefined, options: TargetOptions): void {
  if (path !== undefined && path !== "-") targetOf(path, options);
}

/** Looks at the place of an output. Throws if it may not go there. */
export function targetOf(given: string, { force = true, inputs = [] }: TargetOptions): Target {
  const no = (why: string) => {
    throw new CrimgError("io", `${given}: cannot write: ${why}`);
  };
  const old = attempt(given, () => statSync(given, { throwIfNoEntry: false }));
  if (old?.isDirectory() || given === "") no("is a directory");
  // A terminal or /dev/null may well be both.
  if (old !== undefined && !old.isCharacterDevice() && inputs.some(input => isSame(statOf(input), old))) {
    throw new CrimgError("usage", `${given} is also the input; write to another file`);
  }
  if (old?.isFile() && !force) no("is there already; --force replaces it");
  return { path: attempt(given, () => (old === undefined ? behindLinks(given) : realpathSync(given))), old };
}

function isSame(stat: Stats | undefined, { ino, dev }: Stats): boolean {
  return stat?.ino === ino && stat.dev === dev;
}

/** Undefined also for what cannot be looked at: opening it says why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Where a link leads that leads to nothing yet. */
function behindLinks(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? behindLinks(resolve(dirname(path), readlinkSync(path))) : path;
}
