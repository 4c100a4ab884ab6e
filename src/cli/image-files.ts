import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The files that are meant: with `recursive`, folders stand for every regular file below them, in order of name. */
export function imageFiles(paths: readonly string[], recursive: boolean): string[] {
  if (!recursive) return [...paths];
  return paths.flatMap(path => (isFolder(path) ? filesBelow(path) : [path]));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      // Links are not followed: they may lead in circles.
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    });
}

/** False also for what is not there: opening it says why. */
function isFolder(path: string): boolean {
  return path !== "-" && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}
