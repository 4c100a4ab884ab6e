import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Failure, failureOrCost } from "./failure.js";
import type { Case, CaseOptions, Target } from "./target.js";
import { targetNamed } from "./targets.js";

const folder = new URL("corpus/", import.meta.url);
/** Larger inputs are compressed: they are large because they repeat themselves. */
const PLAIN_MOST = 64 * 1024;

/** A case that once failed. */
export interface CorpusEntry {
  readonly name: string;
  readonly target: Target;
  readonly given: Case;
  /** How it failed. */
  readonly kind: string;
}

/** What stands beside an input. */
interface Note {
  readonly target: string;
  readonly options: CaseOptions;
  /** What was wrong when it was found, as `Failure.kind`. */
  readonly kind: string;
}

/** Every case of the corpus. */
export function corpus(): readonly CorpusEntry[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(file => file.endsWith(".json"))
    .map(file => {
      const name = file.slice(0, -".json".length);
      const note = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Note;
      return entryOf(name, note);
    });
}

/** The case of an input file, anywhere, with its note beside it if there is one. */
export function caseFrom(path: string, target: string | undefined): Pick<CorpusEntry, "target" | "given"> {
  const note = path.replace(/\.(img|jsonl)(\.gz)?$/, ".json");
  const known =
    note !== path && existsSync(note) ? (JSON.parse(readFileSync(note, "utf8")) as Note) : undefined;
  const name = target ?? known?.target;
  if (name === undefined) throw new Error(`${path}: no ${note} beside it, so say which --target`);
  return {
    target: targetNamed(name),
    given: { input: read(path), options: known?.options ?? {} },
  };
}

/** The name of a case that fails as this one does, still; undefined if there is none. */
export async function like(target: Target, { kind }: Failure, script: string): Promise<string | undefined> {
  for (const entry of corpus()) {
    if (entry.target !== target || entry.kind !== kind) continue;
    if ((await failureOrCost(target, entry.given, script))?.kind === kind) return entry.name;
  }
  return undefined;
}

/** Keeps a case; gives the path of its input below the project. */
export function keep({ name, input: form }: Target, { input, options }: Case, { kind }: Failure): string {
  mkdirSync(folder, { recursive: true });
  const digest = createHash("sha1").update(input).update(JSON.stringify(options)).digest("hex");
  const stem = `${name}-${digest.slice(0, 8)}`;
  const isLarge = input.length > PLAIN_MOST;
  const file = `${stem}.${form === "lines" ? "jsonl" : "img"}${isLarge ? ".gz" : ""}`;
  writeFileSync(new URL(file, folder), isLarge ? gzipSync(input) : input);
  const note: Note = { target: name, options, kind };
  writeFileSync(new URL(`${stem}.json`, folder), `${JSON.stringify(note, undefined, 2)}\n`);
  return `test/fuzz/corpus/${file}`;
}

function entryOf(name: string, { target, options, kind }: Note): CorpusEntry {
  const files = ["img", "img.gz", "jsonl", "jsonl.gz"].map(end => new URL(`${name}.${end}`, folder));
  const input = files.find(file => existsSync(file));
  if (input === undefined) throw new Error(`corpus/${name}.json stands alone, without its input`);
  return { name, target: targetNamed(target), given: { input: read(input), options }, kind };
}

function read(file: string | URL): Uint8Array {
  const bytes = readFileSync(file);
  return new Uint8Array(String(file).endsWith(".gz") ? gunzipSync(bytes) : bytes);
}
