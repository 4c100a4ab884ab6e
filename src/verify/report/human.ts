import { escapeText } from "../../codec/escape.js";
import type { Finding, Severity } from "../../finding.js";
import type { TaskVerdict, Verdict } from "../../formats/verify-facet.js";
import type { VerifyReport } from "../verify.js";

/** Tasks that are named of those that share a fate; the others are counted. */
const TASKS_NAMED = 8;

/** Columns up to which what the verdict depends on stands on one line. */
const LINE = 98;

/** How the parts of a report look. Each takes text and gives it back, coloured or not. */
export interface ReportStyle {
  severity(severity: Severity, text: string): string;
  dim(text: string): string;
  good(text: string): string;
}

/** The report of one image: a line a finding, the verdict, the count. `withheld` more findings there are. */
export function reportLines(
  image: string,
  findings: readonly Finding[],
  report: VerifyReport,
  style: ReportStyle,
  withheld = 0,
): string[] {
  const dialect = report.dialect === undefined ? "" : ` ${style.dim(`(${report.dialect})`)}`;
  const width = Math.max(...new Set(findings.map(({ rule }) => rule.length)), 0);
  return [
    `${escapeText(image)}${dialect}`,
    ...findings.map(finding => findingLine(finding, style, width)),
    ...(withheld > 0 ? [`  ${style.dim(`${withheld} more not shown: see --max`)}`] : []),
    ...verdictLines(report, style),
  ];
}

/** One finding, one line; the rule takes at least `width` columns. */
export function findingLine(
  { severity, rule, offset, path, message, hint }: Finding,
  style: ReportStyle,
  width = 0,
): string {
  const place = style.dim(`${path === "" ? "" : `${path} `}at 0x${offset.toString(16)}`);
  const advice = hint === undefined ? "" : ` ${style.dim(`[${hint}]`)}`;
  return `  ${style.severity(severity, severity.padEnd(7))}  ${rule.padEnd(width)}  ${escapeText(message)} (${place})${advice}`;
}

/** What a restart would answer, in sentences, and the count of findings. */
export function verdictLines({ verdict, counts }: VerifyReport, style: ReportStyle): string[] {
  return [...(verdict === undefined ? [] : answerLines(verdict, style)), `  ${countText(counts)}`];
}

function answerLines(verdict: Verdict, style: ReportStyle): string[] {
  const { returns, waits, depends, tasks } = verdict;
  const text = waits ? waitText(verdict) : returnText(verdict);
  const lines = [`  ${returns === 0 ? style.good(text) : style.severity("error", text)}`];
  if (tasks?.some(({ fate }) => fate !== "restored")) lines.push(`  tasks: ${fatesText(tasks)}`);
  lines.push(...dependsLines(depends).map(line => `  ${style.dim(line)}`));
  return lines;
}

function waitText({ series, call, returns, errno, position }: Verdict): string {
  return `${series}'s ${call} would wait for ever at byte ${position}, and return ${valueText(returns, errno)} when killed`;
}

function returnText({ series, call, returns, errno, position, visible }: Verdict): string {
  const text = `${series}'s ${call} would return ${valueText(returns, errno)} at byte ${position}`;
  if (visible) return `${text}, visible to the caller`;
  // What becomes of the task after that is no matter of the verdict.
  if (returns === 0) return `${text}: every check passed`;
  return `${text}, not visible to the caller: its memory is gone by then`;
}

/** On one line, or one below the other if they are long. */
function dependsLines(depends: readonly string[]): string[] {
  if (depends.length === 0) return [];
  const title = "depends on: ";
  const together = title + depends.join("; ");
  if (together.length <= LINE) return [together];
  return depends.map((what, i) => (i === 0 ? title : " ".repeat(title.length)) + what);
}

/** `2 errors, 1 warning, no notes` */
export function countText(counts: Readonly<Record<Severity, number>>): string {
  return (["error", "warning", "note"] as const)
    .map(severity => `${counts[severity] || "no"} ${severity}${counts[severity] === 1 ? "" : "s"}`)
    .join(", ");
}

/** `-22 (EINVAL)`; a number that is no error of a restart stands alone. */
function valueText(returns: number, errno: string | undefined): string {
  return errno === undefined ? String(returns) : `${returns} (${errno})`;
}

/** `20 is restored, 21 gets -22 (EINVAL), 22 and 23 wait for ever` */
function fatesText(tasks: readonly TaskVerdict[]): string {
  const groups = new Map<string, { readonly pids: number[]; readonly task: TaskVerdict }>();
  for (const task of tasks) {
    const key = `${task.fate} ${task.returns}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { pids: [task.pid], task });
    else group.pids.push(task.pid);
  }
  return [...groups.values()]
    .map(({ pids, task }) => `${pidsText(pids)} ${fateText(task, pids.length > 1)}`)
    .join(", ");
}

function pidsText(pids: readonly number[]): string {
  const named = pids.slice(0, TASKS_NAMED).map(String);
  if (pids.length > TASKS_NAMED) named.push(`${pids.length - TASKS_NAMED} more`);
  const last = named.pop()!;
  return named.length === 0 ? last : `${named.join(", ")} and ${last}`;
}

function fateText({ fate, returns, errno }: TaskVerdict, several: boolean): string {
  if (fate === "waits") return `${several ? "wait" : "waits"} for ever`;
  if (fate === "restored") return `${several ? "are" : "is"} restored`;
  return `${several ? "get" : "gets"} ${returns === undefined ? "an error" : valueText(returns, errno)}`;
}
