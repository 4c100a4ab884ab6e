import { summarizing } from "../dump/summarize.js";
import { dialectNamed } from "../formats/format.js";
import { formats } from "../formats/registry.js";
import type { Summary } from "../model/summary.js";
import { resultSync } from "../source/drive.js";
import type { ImageStart } from "../stream/item.js";
import { defined } from "./defined.js";
import { type FileFailure, readImageFile, type Watch } from "./read-image-file.js";

/** What the summary of one file takes; plain data, so that it can be sent to a worker. */
export interface InfoJob {
  readonly path: string;
  readonly at?: number;
  readonly image?: number;
  readonly dialect?: string;
}

/** A summary as plain data: with the name of the dialect in its place. */
export type SentSummary = Omit<Summary, "image"> & {
  readonly image: Omit<ImageStart, "dialect" | "format"> & { readonly dialect: string };
};

/** What came of a file: the summary of each image in it, and how many errors the walk met; or why there is none. */
export type InfoResult =
  | { readonly path: string; readonly summaries: readonly SentSummary[]; readonly errors: number }
  | FileFailure;

/** Sums up one file. */
export function infoFile({ path, dialect, ...options }: InfoJob, watch?: Watch): InfoResult {
  return readImageFile(path, watch, source => {
    let errors = 0;
    const work = summarizing(source.size, formats, {
      ...options,
      ...defined({ dialect: dialect === undefined ? undefined : dialectNamed(dialect, formats) }),
      onFinding(_, isDamage) {
        if (isDamage) errors++;
      },
    });
    return { path, summaries: resultSync(source, work).map(sent), errors };
  });
}

function sent(summary: Summary): SentSummary {
  const { format: _, dialect, ...image } = summary.image;
  return { ...summary, image: { ...image, dialect: dialect.name } };
}

/** The summary that was sent. */
export function received(summary: SentSummary): Summary {
  const dialect = dialectNamed(summary.image.dialect, formats);
  const format = formats.find(({ dialects }) => dialects.includes(dialect))!;
  return { ...summary, image: { ...summary.image, format, dialect } };
}
