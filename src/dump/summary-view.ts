import { timeText } from "../codec/describe.js";
import { escapeText } from "../codec/escape.js";
import type { Kernel } from "../model/fact.js";
import type { Summary } from "../model/summary.js";
import type { Style } from "./style.js";

/** Tasks listed one by one in a summary; more are counted. */
const TASKS_SHOWN = 20;

/** The summary of an image, a fact a line. */
export function summaryLines(label: string, summary: Summary, style: Style): string[] {
  const { image, head, series, complete, items } = summary;
  const { dialect } = image;
  const row = (name: string, text: string) => `  ${style.name(name.padEnd(8))} ${text}`;
  const at = image.offset === 0 ? "" : ` at 0x${image.offset.toString(16)}`;
  const lines = [
    `${escapeText(label)}: ${image.index > 0 ? `image ${image.index}, ` : ""}${summary.length} bytes${at}, dialect ${style.symbol(dialect.name)} (${image.why})`,
    row("series", seriesText(summary)),
  ];
  for (const evidence of series.evidence) lines.push(row("", style.dim(evidence)));
  if (head?.kernel !== undefined) lines.push(row("kernel", kernelText(head.kernel)));
  if (head?.time !== undefined)
    lines.push(row("time", `${timeText(head.time) || "beyond the calendar"} (${head.time})`));
  if (head?.flags !== undefined) {
    lines.push(row("flags", `0x${head.flags.value.toString(16)} ${style.symbol(head.flags.names)}`));
  }
  lines.push(row("tasks", String(summary.taskCount)));
  for (const task of summary.tasks.slice(0, TASKS_SHOWN)) {
    const parent = task.ppid === undefined ? "" : ` ppid ${task.ppid}`;
    const parts = `${task.vmas} areas, ${task.pages} pages, ${task.descriptors} descriptors`;
    lines.push(row("", `pid ${task.pid ?? "?"}${parent} ${escapeText(task.comm) || "(no comm)"}: ${parts}`));
  }
  if (summary.taskCount > TASKS_SHOWN) lines.push(row("", `and ${summary.taskCount - TASKS_SHOWN} more`));
  lines.push(
    row(
      "memory",
      `${summary.vmas} areas, ${kib(summary.mapped)} mapped; ${summary.pages} pages (${kib(BigInt(summary.pages) * BigInt(summary.pageSize))}) in the image`,
    ),
    row("files", `${summary.descriptors} descriptors of ${summary.openFiles} open files`),
    row(
      "items",
      `${items.record} records, ${items.raw} raw blocks${items.unknown > 0 ? `, ${items.unknown} unknown` : ""}`,
    ),
  );
  if (!complete)
    lines.push(
      row("", style.error(`incomplete: the image has no ${summary.image.dialect.ends.join(" or ")}`)),
    );
  return lines;
}

/** One line an image, in aligned columns under a heading. */
export function summaryTable(
  rows: readonly { readonly label: string; readonly summary: Summary }[],
  style: Style,
): string[] {
  const heading = ["IMAGE", "BYTES", "DIALECT", "SERIES", "KERNEL", "TIME", "TASKS", "PAGES", "STATE"];
  const cells = rows.map(({ label, summary }) => {
    const { image, head, complete } = summary;
    return [
      escapeText(image.index > 0 ? `${label} [${image.index}]` : label),
      String(summary.length),
      image.dialect.name,
      summary.series.series.join(","),
      head?.kernel?.numbers ?? "",
      head?.time === undefined ? "" : timeText(head.time),
      tasksText(summary),
      String(summary.pages),
      complete ? "complete" : "incomplete",
    ];
  });
  const widths = heading.map((title, i) => Math.max(title.length, ...cells.map(row => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  return [style.dim(line(heading)), ...cells.map(line)];
}

/** A summary as it goes into JSON: schemas/info.schema.json. */
export function summaryJson(label: string, summary: Summary): Record<string, unknown> {
  const { image, series, head, mapped, ...counts } = summary;
  const { time, flags } = head ?? {};
  return {
    file: label,
    image: image.index,
    offset: image.offset,
    length: summary.length,
    dialect: image.dialect.name,
    why: image.why,
    series: series.series,
    evidence: series.evidence,
    head: {
      ...head?.head,
      ...(time !== undefined && { time: String(time) }),
      ...(flags !== undefined && { flags: `0x${flags.value.toString(16)}` }),
    },
    complete: counts.complete,
    task_count: counts.taskCount,
    tasks: counts.tasks.map(({ pid, ppid, ...task }) => ({ ...task, pid: pid ?? null, ppid: ppid ?? null })),
    vmas: counts.vmas,
    mapped: String(mapped),
    pages: counts.pages,
    page_size: counts.pageSize,
    descriptors: counts.descriptors,
    open_files: counts.openFiles,
    items: counts.items,
  };
}

function seriesText({ series: { series }, image }: Summary): string {
  const list = series.length > 1 ? `${series.slice(0, -1).join(", ")} or ${series.at(-1)}` : series[0];
  const all = series.length === image.dialect.series.length && series.length > 1;
  return all ? `${list}: nothing in the bytes tells them apart` : String(list);
}

function kernelText({ numbers, release, version, machine }: Kernel): string {
  const uts = [release, version, machine].filter(Boolean).map(text => escapeText(text!));
  return `${numbers}${uts.length > 0 ? ` (${uts.join(", ")})` : ""}`;
}

function tasksText({ taskCount, tasks }: Summary): string {
  const [first] = tasks;
  return first === undefined ? "0" : `${taskCount} ${escapeText(first.comm)}`;
}

function kib(bytes: bigint): string {
  return `${bytes / 1024n} KiB`;
}
