import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemReason } from "../source/system-reason.js";

/** A file that is meant, or what keeps us from knowing the files that are. */
export type ImageFile = { readonly path: string; readonly problem?: string };

/**
 * The files that are meant: with `recursive`, folders stand for every regular file below them, in order of name.
 * Links below a folder are not followed: they may lead in circles.
 */
export function imageFiles(paths: readonly string[], recursive: boolean): ImageFile[] {
  return paths.flatMap(path => {
    if (!isFolder(path)) return [{ path }];
    if (!recursive) return [{ path, problem: `${path}: is a folder; -r verifies the files in it` }];
    const files = filesBelow(path);
    return files.length > 0 ? files : [{ path, problem: `${path}: there is no file in this folder` }];
  });
}

function filesBelow(folder: string): ImageFile[] {
  const entries = entriesOf(folder);
  if (typeof entries === "string") return [{ path: folder, problem: `${folder}: cannot read: ${entries}` }];
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [{ path }] : [];
    });
}

/** What is in a folder, or why that cannot be known. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return systemReason(error);
  }
}

/** False also for what is not there or cannot be looked at: opening it says why. */
function isFolder(path: string): boolean {
  try {
    return path !== "-" && statSync(path).isDirectory();
  } catch {
    return false;
  }
}
