import { escapeText } from "../../codec/escape.js";
import type { Finding, Severity } from "../finding.js";
import type { TaskVerdict } from "../restart/restart.js";
import type { VerifyReport } from "../verify.js";

/** -ERESTARTSYS: what a killed sys_restart returns. */
const WAITS = -512;

/** How the parts of a report look. Each takes text and gives it back, coloured or not. */
export interface ReportStyle {
  severity(severity: Severity, text: string): string;
  dim(text: string): string;
  good(text: string): string;
}

/** The report of one image: a line a finding, the verdict, the count. */
export function reportLines(
  image: string,
  findings: readonly Finding[],
  report: VerifyReport,
  style: ReportStyle,
): string[] {
  const dialect = report.dialect === undefined ? "" : ` ${style.dim(`(${report.dialect})`)}`;
  return [
    `${escapeText(image)}${dialect}`,
    ...findings.map(finding => findingLine(finding, style)),
    ...verdictLines(report, style),
  ];
}

/** One finding, one line. */
export function findingLine(
  { severity, rule, offset, path, message, hint }: Finding,
  style: ReportStyle,
): string {
  const place = style.dim(`${path} at 0x${offset.toString(16)}`);
  const advice = hint === undefined ? "" : ` ${style.dim(`[${hint}]`)}`;
  return `  ${style.severity(severity, severity.padEnd(7))} ${rule.padEnd(22)} ${escapeText(message)} (${place})${advice}`;
}

/** What sys_restart would answer, in sentences, and the count of findings. */
export function verdictLines({ verdict, counts }: VerifyReport, style: ReportStyle): string[] {
  const { series, returns, errno, position, visible, depends, tasks } = verdict;
  const answer = errno === undefined ? String(returns) : `${returns} (${errno})`;
  const text =
    returns === WAITS
      ? `${series}'s sys_restart would wait for ever at byte ${position}, and return ${answer} when killed`
      : `${series}'s sys_restart would return ${answer} at byte ${position}, ${seenBy(returns, visible)}`;
  const lines = [`  ${returns === 0 ? style.good(text) : style.severity("error", text)}`];
  if (tasks?.some(({ fate }) => fate !== "restored"))
    lines.push(`  tasks: ${tasks.map(fateText).join(", ")}`);
  if (depends.length > 0) lines.push(`  ${style.dim(`depends on: ${depends.join("; ")}`)}`);
  lines.push(`  ${countText(counts)}`);
  return lines;
}

/** `2 errors, 1 warning, no notes` */
export function countText(counts: Readonly<Record<Severity, number>>): string {
  return (["error", "warning", "note"] as const)
    .map(severity => `${counts[severity] || "no"} ${severity}${counts[severity] === 1 ? "" : "s"}`)
    .join(", ");
}

function seenBy(returns: number, visible: boolean): string {
  if (returns === 0) return visible ? "to the caller" : "and the restored task runs";
  return visible ? "visible to the caller" : "not visible to the caller: its memory is gone by then";
}

function fateText({ pid, fate, returns }: TaskVerdict): string {
  return `${pid} ${fate === "refused" ? `gets ${returns}` : fate === "waits" ? "waits for ever" : "is restored"}`;
}
