import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SpawnCrimgOptions, type Spawned, spawnCrimg } from "../process/spawn-crimg.js";
import { type Ran, type RunOptions, runCrimg } from "./run-crimg.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A folder in which crimg runs: what it holds afterwards is what was there before, and what the runs left. */
export interface Workplace {
  readonly folder: string;
  path(name: string): string;
  /** Writes a file, and returns its path. */
  put(name: string, bytes: Uint8Array | string): string;
  /** The bytes of a file, as the library makes them. */
  bytes(name: string): Uint8Array;
  /** All that is here, by name: where a link leads, mode and digest of a file. */
  contents(): Readonly<Record<string, string>>;
  /** Runs crimg with its temporary files here, too. */
  crimg(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same in a process of its own. */
  spawnCrimg(args: readonly string[], options?: SpawnCrimgOptions): Promise<Spawned>;
}

/** Makes empty workplaces in a folder that is removed when the tests of the file are done. */
export function workplaces(): () => Workplace {
  const root = temporaryFolder();
  return () => {
    const folder = mkdtempSync(join(root, "at-"));
    const path = (name: string) => join(folder, name);
    const temporaryHere = <T extends RunOptions | SpawnCrimgOptions>(options?: T) => ({
      ...options,
      env: { TMPDIR: folder, ...options?.env },
    });
    return {
      folder,
      path,
      put(name, bytes) {
        writeFileSync(path(name), bytes);
        return path(name);
      },
      bytes: name => new Uint8Array(readFileSync(path(name))),
      contents: () => contentsOf(folder),
      crimg: (args, options) => runCrimg(args, temporaryHere(options)),
      spawnCrimg: (args, options) => spawnCrimg(args, temporaryHere(options)),
    };
  };
}

function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(names.map(name => [name, entryText(join(folder, name))]));
}

function entryText(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  const mode = (stat.mode & 0o7777).toString(8);
  if (!stat.isFile()) return `${mode}, no file`;
  // Not a bug of crimg's, that we may not look into what it shall not be able to read.
  const isReadable = (stat.mode & 0o400) !== 0;
  return `${mode} ${isReadable ? createHash("sha1").update(readFileSync(path)).digest("hex") : "unreadable"}`;
}
