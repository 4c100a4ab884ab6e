import { jsonText } from "../codec/json-text.js";
import { CrimgError } from "../errors.js";
import type { Finding } from "../finding.js";
import { evidenceOf, type Format, formatOf } from "../formats/format.js";
import { Summarizer, type Summary } from "../model/summary.js";
import type { SyncSource } from "../source/source.js";
import type { ImageStart, Item } from "../stream/item.js";
import { walkSync } from "../stream/items.js";
import type { WalkOptions } from "../stream/walk.js";
import { BelowSummaries } from "./below-summaries.js";
import { FieldView } from "./field-view.js";
import { HEX_PREVIEW, HexView } from "./hex-view.js";
import { itemJson } from "./item-json.js";
import { type Selection, Selector } from "./select.js";
import { plain, type Style } from "./style.js";
import { summaryJson, summaryLines } from "./summary-view.js";
import { type TreeOptions, TreeView } from "./tree.js";

/** What to dump, and how. */
export interface DumpOptions extends Selection, TreeOptions, Pick<WalkOptions, "at" | "image" | "dialect"> {
  /**
   * `tree`: a summary and a tree for people. `hex`: every byte under the field it belongs to. `jsonl`: one item a line
   * (schemas/dump-item.schema.json). `json`: the same as one document (schemas/dump.schema.json). Default `tree`.
   */
  readonly view?: "tree" | "hex" | "jsonl" | "json";
  /** What to call the input. */
  readonly label?: string;
  /** Colours. Default: none. */
  readonly style?: Style;
}

/** Errors kept in a report; more are only counted. */
const ERRORS_KEPT = 20;

/** How a dump went. */
export interface DumpReport {
  /** The first errors the walk met; see `errorCount` for all. */
  readonly errors: readonly Finding[];
  readonly errorCount: number;
}

interface View {
  add(item: Item): void;
  /** What the walk has to say; `isDamage` if the bytes stand against the format. */
  finding(finding: Finding, isDamage: boolean): void;
  flush(): void;
}

/**
 * Writes a dump of the input to `write`, piece by piece, and says what was wrong with it. Memory does not grow with the
 * image. Throws what `Walk` throws: when there is no image, or not the one asked for.
 */
export function dump(
  source: SyncSource,
  formats: readonly Format[],
  write: (text: string) => void,
  options: DumpOptions = {},
): DumpReport {
  const steps = dumpInSteps(source, formats, write, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Items between two steps. */
const STEP = 4096;

/** The same with pauses, so that whoever waits for it can look at something else now and then. */
export function* dumpInSteps(
  source: SyncSource,
  formats: readonly Format[],
  write: (text: string) => void,
  options: DumpOptions = {},
): Generator<void, DumpReport, void> {
  const tally = new Tally();
  const { view = "tree" } = options;
  const selected = { pids: [] as readonly number[], any: false };
  switch (view) {
    case "jsonl":
      yield* selectInto(source, formats, options, tally, selected, item => write(`${itemJson(item)}\n`));
      break;
    case "json":
      yield* writeDocument(source, formats, write, options, tally, selected);
      break;
    default:
      yield* writeView(source, formats, text => write(`${text}\n`), options, tally, selected, view);
  }
  if (options.task !== undefined && !selected.any) {
    const known = selected.pids.length === 0 ? "none that says its pid" : selected.pids.join(", ");
    throw new CrimgError("usage", `no task with pid ${options.task}; the image holds ${known}`);
  }
  return { errors: tally.errors, errorCount: tally.count };
}

/** Counts errors and keeps the first ones. */
class Tally {
  readonly errors: Finding[] = [];
  count = 0;

  readonly add = (finding: Finding, isDamage: boolean): void => {
    if (!isDamage) return;
    this.count++;
    if (this.errors.length < ERRORS_KEPT) this.errors.push(finding);
  };
}

interface Selected {
  pids: readonly number[];
  any: boolean;
}

function* selectInto(
  source: SyncSource,
  formats: readonly Format[],
  options: DumpOptions,
  tally: Tally,
  selected: Selected,
  pass: (item: Item) => void,
  each?: (item: Item) => void,
): Generator<void, void, void> {
  const selector = new Selector(item => {
    selected.any = true;
    pass(item);
  }, options);
  let count = 0;
  for (const item of walkSync(source, formats, { ...walkOptions(options), onFinding: tally.add })) {
    each?.(item);
    selector.add(item);
    if (++count % STEP === 0) yield;
  }
  selected.pids = selector.pids;
}

function* writeDocument(
  source: SyncSource,
  formats: readonly Format[],
  write: (text: string) => void,
  options: DumpOptions,
  tally: Tally,
  selected: Selected,
): Generator<void, void, void> {
  const label = options.label ?? "input";
  const images = (summaries: readonly Summary[]) =>
    `"images":[${summaries.map(summary => jsonText(JSON.stringify(summaryJson(label, summary)))).join(",")}]`;
  // At the head wherever the input can be read twice; of a pipe it is known only at the end.
  const before = source.seekable ? `,${images(summarize(source, formats, walkOptions(options)))}` : "";
  const after = source.seekable ? undefined : new Summaries();
  write(`{"file":${jsonText(JSON.stringify(label))}${before},"items":[`);
  let separator = "\n";
  const pass = (item: Item) => {
    write(separator + itemJson(item));
    separator = ",\n";
  };
  yield* selectInto(source, formats, options, tally, selected, pass, item => after?.add(item));
  const late = after === undefined ? "" : `,${images(after.all)}`;
  write(`\n]${late},"errors":${JSON.stringify(tally.errors)},"error_count":${tally.count}}\n`);
}

function* writeView(
  source: SyncSource,
  formats: readonly Format[],
  print: (line: string) => void,
  options: DumpOptions,
  tally: Tally,
  selected: Selected,
  kind: "tree" | "hex",
): Generator<void, void, void> {
  const style = options.style ?? plain;
  const label = options.label ?? "input";
  const summarises = kind === "tree" && options.only === undefined && options.task === undefined;
  const all = summarises ? new Summaries() : undefined;
  const head = (summary: Summary) => {
    for (const line of summaryLines(label, summary, style)) print(line);
  };
  let heads = 0;
  const above = (summary: Summary) => {
    if (heads++ > 0) print("");
    head(summary);
    print("");
  };
  // A summary stands above its tree wherever the input can be read twice; on a pipe it can only come after it.
  const below =
    summarises && source.seekable
      ? new BelowSummaries(print, above, () => summarize(source, formats, walkOptions(options)))
      : undefined;
  const show = below === undefined ? print : (line: string) => below.line(line);
  const view: View =
    kind === "hex"
      ? new HexView(show, style)
      : options.only === undefined
        ? new TreeView(show, style, options)
        : new FieldView(show, style);

  const selector = new Selector(
    item => {
      selected.any = true;
      view.add(item);
    },
    // The tree shows how many pages there are without showing which.
    kind === "tree" ? { ...options, pages: true } : options,
  );
  let image: ImageStart | undefined;
  const heard: Parameters<View["finding"]>[] = [];
  const onFinding: View["finding"] = (finding, isDamage) => {
    tally.add(finding, isDamage);
    heard.push([finding, isDamage]);
  };
  const preview = kind === "hex" ? { preview: HEX_PREVIEW } : {};
  let count = 0;
  for (const item of walkSync(source, formats, { ...walkOptions(options), ...preview, onFinding })) {
    if (item.kind !== "gap" && item.image !== image) {
      view.flush();
      image = item.image;
      below?.start(image);
    }
    if (below?.waits ?? true) all?.add(item);
    selector.add(item);
    if (heard.length > 0) for (const said of heard.splice(0)) view.finding(...said);
    if (++count % STEP === 0) yield;
  }
  view.flush();
  for (const said of heard) view.finding(...said);
  if (below?.waits) below.release(all!.all);
  for (const summary of below === undefined ? (all?.all ?? []) : []) {
    print("");
    head(summary);
  }
  selected.pids = selector.pids;
}

/** Summaries of all images that items come from. */
class Summaries {
  private readonly parts: Summarizer[] = [];
  private current: ImageStart | undefined;

  add(item: Item): void {
    if (item.kind === "gap") return;
    if (item.image !== this.current) {
      this.current = item.image;
      const { image } = item;
      this.parts.push(new Summarizer(image, formatOf(image).facts(image), evidenceOf(image)));
    }
    this.parts.at(-1)!.add(item);
  }

  get all(): Summary[] {
    return this.parts.map(part => part.summary());
  }
}

/** The summary of every image in the input. */
export function summarize(
  source: SyncSource,
  formats: readonly Format[],
  options: WalkOptions = {},
): Summary[] {
  const summaries = new Summaries();
  for (const item of walkSync(source, formats, options)) summaries.add(item);
  return summaries.all;
}

function walkOptions({ at, image, dialect }: DumpOptions): WalkOptions {
  return {
    ...(at !== undefined && { at }),
    ...(image !== undefined && { image }),
    ...(dialect !== undefined && { dialect }),
  };
}
