import { summarize } from "../dump/dump.js";
import { CrimgError, type ErrorCode } from "../errors.js";
import { dialectNamed } from "../format/cr/dialects.js";
import { fileSource } from "../image/file-source.js";
import type { ImageStart } from "../image/item.js";
import type { SyncSource } from "../image/source.js";
import type { Summary } from "../image/summary.js";

/** What the summary of one file takes; plain data, so that it can be sent to a worker. */
export interface InfoJob {
  readonly path: string;
  readonly at?: number;
  readonly image?: number;
  readonly dialect?: string;
}

/** A summary as plain data: with the name of the dialect in its place. */
export type SentSummary = Omit<Summary, "image"> & {
  readonly image: Omit<ImageStart, "dialect"> & { readonly dialect: string };
};

/** What came of a file: the summary of each image in it, and how many errors the walk met; or why there is none. */
export type InfoResult =
  | { readonly path: string; readonly summaries: readonly SentSummary[]; readonly errors: number }
  | { readonly path: string; readonly failure: { readonly code: ErrorCode; readonly message: string } };

/** Sums up one file. Errors of ours are part of the result; anything else is a bug and thrown. */
export function infoFile(
  { path, dialect, ...options }: InfoJob,
  watch: (source: SyncSource) => SyncSource = source => source,
): InfoResult {
  let errors = 0;
  try {
    const source = fileSource(path);
    try {
      const summaries = summarize(watch(source), {
        ...options,
        ...(dialect !== undefined && { dialect: dialectNamed(dialect) }),
        onNotice({ level }) {
          if (level === "error") errors++;
        },
      });
      return { path, summaries: summaries.map(sent), errors };
    } finally {
      source.close?.();
    }
  } catch (error) {
    if (!(error instanceof CrimgError)) throw error;
    return { path, failure: { code: error.code, message: error.message } };
  }
}

function sent(summary: Summary): SentSummary {
  return { ...summary, image: { ...summary.image, dialect: summary.image.dialect.name } };
}

/** The summary that was sent. */
export function received(summary: SentSummary): Summary {
  return { ...summary, image: { ...summary.image, dialect: dialectNamed(summary.image.dialect) } };
}
