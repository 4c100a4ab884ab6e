import { escapeText } from "../codec/escape.js";
import type { ChangeKind } from "../formats/convert-piece.js";
import type { ConversionReport, ReportEntry } from "./report.js";

/** How the parts of the table look. Each takes text and gives it back, coloured or not. */
export interface ReportStyle {
  kind(kind: ChangeKind, text: string): string;
  dim(text: string): string;
  error(text: string): string;
  good(text: string): string;
}

/** Entries that are shown; `--report` has all. */
const SHOWN = 200;
/** Columns that a place is padded to at most. */
const PLACE = 60;

/** What a conversion did: reasons, under each what was done for it (not if `isBrief`), and the sum. */
export function reportLines(
  label: string,
  report: ConversionReport,
  style: ReportStyle,
  isBrief = false,
): string[] {
  const { from, to, series, entries, omitted } = report;
  const shown = isBrief ? [] : entries.slice(0, SHOWN);
  const width = Math.min(PLACE, Math.max(0, ...shown.map(entry => placeText(entry).length)));
  const hasLoss = shown.some(({ loss }) => loss);
  const reasons = [...new Set(shown.map(({ why }) => why))];
  const way = from === to ? `stays ${to}` : `${from} to ${to}`;
  const more = entries.length - shown.length + omitted;
  return [
    `${escapeText(label)}: ${way}, for a ${series} kernel`,
    ...reasons.flatMap(reason => [
      `  ${style.dim(reason)}`,
      ...shown
        .filter(({ why }) => why === reason)
        .map(entry => `    ${entryText(entry, width, hasLoss, style)}`),
    ]),
    ...(more > 0 && !isBrief ? [`  ${style.dim(`and ${more} more: see --report`)}`] : []),
    `  ${sumText(report, style)}`,
  ];
}

function entryText(entry: ReportEntry, width: number, hasLoss: boolean, style: ReportStyle): string {
  const { kind, loss } = entry;
  const mark = hasLoss ? (loss ? style.error("LOST  ") : "      ") : "";
  return `${style.kind(kind, kind.padEnd(10))}  ${mark}${placeText(entry).padEnd(width)}  ${changeText(entry)}`.trimEnd();
}

function placeText({ path, field, count }: ReportEntry): string {
  const place = field === null ? path : `${path} ${field}`;
  return escapeText(count === 1 ? place : `${place} (${count})`);
}

function changeText({ kind, old, new: now }: ReportEntry): string {
  const text = kind === "dropped" ? (old ?? "") : kind === "invented" ? (now ?? "") : bothText(old, now);
  return escapeText(text);
}

function bothText(old: string | null, now: string | null): string {
  if (now === null) return "several values";
  return old === null ? `to ${now}` : `${old} -> ${now}`;
}

function sumText({ counts, lossy, entries }: ConversionReport, style: ReportStyle): string {
  if (entries.length === 0) return style.good("nothing changes: the same bytes");
  const sum = (Object.entries(counts) as [ChangeKind, number][])
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
  return `${sum}; ${lossy ? style.error("what is marked LOST does not come back") : style.good("nothing is lost")}`;
}
