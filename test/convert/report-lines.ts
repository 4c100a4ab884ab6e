import type { ConversionReport, ReportEntry } from "../../src/convert/report.js";

/** `changed task[0].cpu CPU.used_math: 1 -> 0, lost`, one line an entry; `x4` where it stands for four places. */
export function linesOf({ entries }: Pick<ConversionReport, "entries">): string[] {
  return entries.map(lineOf);
}

/** The lines of a report but those about the numbers that records have, of which every conversion has many. */
export function ownLines({ entries }: Pick<ConversionReport, "entries">): string[] {
  return entries
    .filter(({ kind, record, field }) => kind !== "renumbered" && `${record}.${field}` !== "HEAD.rev")
    .map(lineOf);
}

function lineOf({ kind, path, record, field, old, new: now, loss, count }: ReportEntry): string {
  const what = field === null ? record : `${record}.${field}`;
  const values = old === null && now === null ? "" : `: ${old ?? "-"} -> ${now ?? "-"}`;
  return `${kind} ${path} ${what}${values}${loss ? ", lost" : ""}${count > 1 ? ` x${count}` : ""}`;
}
