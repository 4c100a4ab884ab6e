import { expect } from "vitest";
import { encodeText } from "../../../src/codec/text.js";
import type { DumpOptions, DumpReport } from "../../../src/dump/dump.js";
import { plain } from "../../../src/dump/style.js";
import { summaryJson, summaryTable } from "../../../src/dump/summary-view.js";
import { header } from "../../../src/formats/cr/records.js";
import type { SyncSource } from "../../../src/source/source.js";
import { schemaCheck } from "../../dump/schema-check.js";
import { dump, summarize } from "../../engines.js";
import { pipeOf } from "../../image/chunked.js";
import type { Calls } from "../calls.js";
import { damagedImage } from "../mutate/damage.js";
import { errorText, type Outcome, outcomeOf } from "../outcome.js";
import type { Random } from "../random.js";
import type { CaseOptions, Target } from "../target.js";
import { anyChunk, anyPlace, placeOf } from "./place.js";
import { preadOf } from "./pread.js";
import { expectShowable } from "./screen.js";

/** A dump says what it can. */
export const dumpTarget: Target = {
  name: "dump",
  property:
    "dump throws nothing but CrimgError, shows nothing that a terminal acts upon, and writes valid JSON with exact names",
  input: "image",
  make(random) {
    const input = damagedImage(random);
    return { input, options: { ...anyPlace(input, random), ...anyView(random), chunk: anyChunk(random) } };
  },
  check({ input, options }, calls) {
    const { view = "tree", chunk = 321 } = options as { view?: string; chunk?: number };
    const how = { ...dumpOptions(options), ...placeOf(options) };
    const file = outcomeOf(() => dumped(preadOf(input), how, calls, `dump ${view}`));
    const pipe = outcomeOf(() => dumped(pipeOf(input, chunk), how, calls, `dump ${view} of a pipe`));
    expect(errorText(pipe)).toBe(errorText(file));
    for (const { value } of [file, pipe]) if (value !== undefined) expectSound(value.text, view, input);
    // A pipe has its summary at the end.
    const isSummarised =
      view === "json" || (view === "tree" && how.only === undefined && how.task === undefined);
    if (!isSummarised)
      expect(pipe.value?.text === file.value?.text, "a pipe is dumped like a file").toBe(true);
    expect(pipe.value?.report).toEqual(file.value?.report);
    checkSummaries(input, options, calls);
  },
};

function anyView(random: Random): CaseOptions {
  const only = [
    "VMA",
    "pages",
    "addresses",
    "STRING,FNAME",
    "CPU,xstate",
    "HEAD,TREE,pids",
    "ldt,tls,THREAD",
  ];
  return {
    view: random.pick(["tree", "tree", "hex", "jsonl", "json"]),
    ...(random.once(4) && { only: random.pick(only) }),
    ...(random.once(5) && { task: random.pick([300, 301, 42, 0]) }),
    ...(random.once(3) && { pages: false }),
    ...(random.once(4) && { depth: random.between(0, 4) }),
  };
}

function dumpOptions({ view, only, task, pages, depth }: CaseOptions): DumpOptions {
  return {
    ...(view !== undefined && { view: view as NonNullable<DumpOptions["view"]> }),
    ...(only !== undefined && { only: (only as string).split(",") }),
    ...(task !== undefined && { task: task as number }),
    ...(pages !== undefined && { pages: pages as boolean }),
    ...(depth !== undefined && { depth: depth as number }),
  };
}

interface Dumped {
  readonly text: string;
  readonly report: DumpReport;
}

function dumped(source: SyncSource, how: DumpOptions, calls: Calls, call: string): Dumped {
  const pieces: string[] = [];
  const report = calls.timed(call, () => dump(source, text => void pieces.push(text), how));
  return { text: pieces.join(""), report };
}

const checkItem = schemaCheck("dump-item.schema.json");
const checkDocument = schemaCheck("dump.schema.json");
const checkInfo = schemaCheck("info.schema.json");

function expectSound(text: string, view: string, input: Uint8Array): void {
  switch (view) {
    case "jsonl":
      for (const line of text.split("\n").slice(0, -1)) {
        const item = JSON.parse(line) as ItemJson;
        checkItem(item, "a line of dump --jsonl");
        expectExactName(item, input);
      }
      break;
    case "json": {
      const document = JSON.parse(text) as { readonly items: readonly ItemJson[] };
      checkDocument(document, "dump --json");
      for (const item of document.items) expectExactName(item, input);
      break;
    }
    default:
      expectShowable(text, view);
  }
}

interface ItemJson {
  readonly name: string | null;
  readonly offset: number;
  readonly length: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The text of a name, UTF-8 or not, is that of its bytes; the NULs that fill it up are told by its length. */
function expectExactName({ name, offset, length, fields }: ItemJson, input: Uint8Array): void {
  const text = name === "STRING" ? fields["str"] : name === "FNAME" ? fields["fname"] : undefined;
  if (text === undefined) return;
  const bytes = new Uint8Array(length - header.size);
  bytes.set(encodeText(text as string));
  const stored = input.subarray(offset + header.size, offset + length);
  expect(Buffer.compare(bytes, stored), `${name} at ${offset}`).toBe(0);
}

function checkSummaries(input: Uint8Array, options: CaseOptions, calls: Calls): void {
  const summaries: Outcome<ReturnType<typeof summarize>> = outcomeOf(() =>
    calls.timed("info", () => summarize(preadOf(input), placeOf(options))),
  );
  if (summaries.value === undefined) return;
  const rows = summaries.value.map(summary => ({ label: "input", summary }));
  expectShowable(summaryTable(rows, plain).join("\n"), "info");
  checkInfo(
    JSON.parse(JSON.stringify(rows.map(({ summary }) => summaryJson("input", summary)))),
    "info --json",
  );
}
