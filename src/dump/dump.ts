import { jsonText } from "../codec/json-text.js";
import { CrimgError } from "../errors.js";
import type { Finding } from "../finding.js";
import type { Format } from "../formats/format.js";
import type { Summary } from "../model/summary.js";
import type { Asking } from "../source/drive.js";
import type { Source } from "../source/source.js";
import { Window } from "../source/window.js";
import type { ImageStart, Item } from "../stream/item.js";
import { itemsOf } from "../stream/items.js";
import type { WalkOptions } from "../stream/walk.js";
import { BelowSummaries } from "./below-summaries.js";
import { FieldView } from "./field-view.js";
import { HEX_PREVIEW, HexView } from "./hex-view.js";
import { itemJson } from "./item-json.js";
import { type Selection, Selector } from "./select.js";
import { plain, type Style } from "./style.js";
import { Summaries, summarizing } from "./summarize.js";
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
  /** The first of what makes the image a damaged one; see `errorCount` for all. */
  readonly errors: readonly Finding[];
  readonly errorCount: number;
}

interface View {
  add(item: Item): void;
  /** What the walk has to say; `isDamage` if the bytes stand against the format. */
  finding(finding: Finding, isDamage: boolean): void;
  flush(): void;
}

/** Items between two pauses. */
const BETWEEN_PAUSES = 4096;

/** What `dumping` yields now and then, so that whoever drives it can look at something else. */
export type Pause = "pause";

type Write = (text: string) => void;

/**
 * Writes a dump of the input to `write`, piece by piece, and returns what was wrong with it. Memory does not grow with
 * the image. Throws what `Walk` throws: when there is no image, or not the one asked for.
 */
export function* dumping(
  input: Pick<Source, "size" | "seekable">,
  formats: readonly Format[],
  write: Write,
  options: DumpOptions = {},
): Asking<Pause, DumpReport> {
  const dump = new Dump(input, formats, options);
  switch (options.view ?? "tree") {
    case "jsonl":
      yield* dump.items(item => write(`${itemJson(item)}\n`));
      break;
    case "json":
      yield* document(dump, write);
      break;
    case "hex":
      yield* views(dump, print(write), show => new HexView(show, dump.style), { preview: HEX_PREVIEW });
      break;
    case "tree":
      if (options.only !== undefined)
        yield* views(dump, print(write), show => new FieldView(show, dump.style), {});
      else yield* tree(dump, print(write));
      break;
  }
  return dump.report();
}

const print = (write: Write) => (line: string) => write(`${line}\n`);

/** One pass over the input: passes on the selected items, and gathers what is wrong. */
class Dump {
  readonly label: string;
  readonly style: Style;
  private readonly errors: Finding[] = [];
  private errorCount = 0;
  private pids: readonly number[] = [];
  private hasSelected = false;

  constructor(
    readonly input: Pick<Source, "size" | "seekable">,
    readonly formats: readonly Format[],
    readonly options: DumpOptions,
  ) {
    this.label = options.label ?? "input";
    this.style = options.style ?? plain;
  }

  /** `each` gets every item before `pass` gets it, if it is selected; `hear` what is said of it. */
  *items(
    pass: (item: Item) => void,
    {
      each,
      after,
      hear,
      ...more
    }: Pick<WalkOptions, "preview"> & {
      readonly each?: (item: Item) => void;
      readonly after?: () => Asking<never>;
      readonly hear?: View["finding"];
    } = {},
    selection: Selection = this.options,
  ): Asking<Pause> {
    const selector = new Selector(item => {
      this.hasSelected = true;
      pass(item);
    }, selection);
    const onFinding = (finding: Finding, isDamage: boolean) => {
      this.hear(finding, isDamage);
      hear?.(finding, isDamage);
    };
    let count = 0;
    for (const step of itemsOf(this.input.size, this.formats, {
      ...this.walkOptions(),
      ...more,
      onFinding,
    })) {
      if (step instanceof Window) {
        yield step;
        continue;
      }
      each?.(step);
      selector.add(step);
      if (after !== undefined) yield* after();
      if (++count % BETWEEN_PAUSES === 0) yield "pause";
    }
    this.pids = selector.pids;
  }

  walkOptions(): WalkOptions {
    const { at, image, dialect } = this.options;
    return {
      ...(at !== undefined && { at }),
      ...(image !== undefined && { image }),
      ...(dialect !== undefined && { dialect }),
    };
  }

  summaries(): Asking<never, Summary[]> {
    return summarizing(this.input.size, this.formats, this.walkOptions());
  }

  report(): DumpReport {
    const { task } = this.options;
    if (task !== undefined && !this.hasSelected) {
      const known = this.pids.length === 0 ? "none that says its pid" : this.pids.join(", ");
      throw new CrimgError("usage", `no task with pid ${task}; the image holds ${known}`);
    }
    return { errors: this.errors, errorCount: this.errorCount };
  }

  private hear(finding: Finding, isDamage: boolean): void {
    if (!isDamage) return;
    this.errorCount++;
    if (this.errors.length < ERRORS_KEPT) this.errors.push(finding);
  }
}

/** One JSON document. */
function* document(dump: Dump, write: Write): Asking<Pause> {
  const { label, input } = dump;
  const images = (summaries: readonly Summary[]) =>
    `"images":[${summaries.map(summary => jsonText(JSON.stringify(summaryJson(label, summary)))).join(",")}]`;
  // At the head wherever the input can be read twice; of a pipe it is known only at the end.
  const before = input.seekable ? `,${images(yield* dump.summaries())}` : "";
  const later = input.seekable ? undefined : new Summaries();
  write(`{"file":${jsonText(JSON.stringify(label))}${before},"items":[`);
  let separator = "\n";
  const pass = (item: Item) => {
    write(separator + itemJson(item));
    separator = ",\n";
  };
  yield* dump.items(pass, { each: item => later?.add(item) });
  const late = later === undefined ? "" : `,${images(later.all)}`;
  const { errors, errorCount } = dump.report();
  write(`\n]${late},"errors":${JSON.stringify(errors)},"error_count":${errorCount}}\n`);
}

/** A tree for people; of a whole image with a summary. */
function* tree(dump: Dump, print: (line: string) => void): Asking<Pause> {
  const { options, label, style, input } = dump;
  // The tree shows how many pages there are without showing which.
  const selection = { ...options, pages: true };
  const newView = (show: (line: string) => void) => new TreeView(show, style, options);
  if (options.task !== undefined) {
    yield* views(dump, print, newView, { selection });
    return;
  }
  const head = (summary: Summary) => {
    for (const line of summaryLines(label, summary, style)) print(line);
  };
  const summaries = new Summaries();
  if (!input.seekable) {
    // On a pipe a summary can only come after its tree.
    yield* views(dump, print, newView, { selection, each: item => summaries.add(item) });
    for (const summary of summaries.all) {
      print("");
      head(summary);
    }
    return;
  }
  let heads = 0;
  const below = new BelowSummaries(print, summary => {
    if (heads++ > 0) print("");
    head(summary);
    print("");
  });
  yield* views(dump, line => below.line(line), newView, {
    selection,
    each: item => {
      if (below.waits) summaries.add(item);
    },
    start: image => below.start(image),
    *after() {
      if (below.isFull) below.release(yield* dump.summaries());
    },
  });
  if (below.waits) below.release(summaries.all);
}

/** Shows the items of each image by a view, and below each what is said of it. */
function* views(
  dump: Dump,
  show: (line: string) => void,
  newView: (show: (line: string) => void) => View,
  how: Pick<WalkOptions, "preview"> & {
    readonly selection?: Selection;
    readonly each?: (item: Item) => void;
    readonly after?: () => Asking<never>;
    /** What comes now is of this image. */
    readonly start?: (image: ImageStart) => void;
  },
): Asking<Pause> {
  const { selection, each, start, after, ...more } = how;
  const view = newView(show);
  let image: ImageStart | undefined;
  let heard: Parameters<View["finding"]>[] = [];
  // A finding comes before the item that it stands at.
  const sayHeard = () => {
    if (heard.length === 0) return;
    const said = heard;
    heard = [];
    for (const one of said) view.finding(...one);
  };
  const begin = (item: Item) => {
    if (item.kind !== "gap" && item.image !== image) {
      view.flush();
      image = item.image;
      start?.(image);
    }
    each?.(item);
  };
  yield* dump.items(
    item => view.add(item),
    {
      ...more,
      each: begin,
      hear: (finding, isDamage) => {
        heard.push([finding, isDamage]);
      },
      *after() {
        sayHeard();
        if (after !== undefined) yield* after();
      },
    },
    selection,
  );
  view.flush();
  sayHeard();
}
