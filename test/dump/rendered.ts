import type { DumpOptions, DumpReport } from "../../src/dump/dump.js";
import { bytesSource, pullSource, type SyncSource } from "../../src/source/source.js";
import { dump } from "../engines.js";

/** What a dump wrote, and what it said about it. */
export interface Rendered {
  readonly text: string;
  /** The text without its last newline, line by line. */
  readonly lines: readonly string[];
  readonly report: DumpReport;
}

/** Dumps an image that is in memory, or another source. */
export function rendered(from: Uint8Array | SyncSource, options: DumpOptions = {}): Rendered {
  const pieces: string[] = [];
  const source = from instanceof Uint8Array ? bytesSource(from) : from;
  const report = dump(source, text => void pieces.push(text), options);
  const text = pieces.join("");
  return { text, lines: text.replace(/\n$/, "").split("\n"), report };
}

/** The same bytes as a pipe gives them, 1000 at a time. */
export function piped(bytes: Uint8Array): SyncSource {
  let at = 0;
  return pullSource(() => {
    const chunk = bytes.subarray(at, at + 1000);
    at += chunk.length;
    return chunk.length === 0 ? undefined : chunk;
  });
}
