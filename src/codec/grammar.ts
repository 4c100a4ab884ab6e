import type { Rule } from "../finding.js";
import type { Abi } from "./abi.js";
import type { Table } from "./table.js";

/** A field of the latest record of a name: `"MM.map_count"`. */
export type FieldRef = `${string}.${string}`;

/** A number that the image tells: a constant, or a field, times a constant. */
export type Amount = number | FieldRef;

/** A condition on a field. Data, so that it can be printed as well as asked. */
export interface Condition {
  readonly field: FieldRef;
  readonly is: "=" | "!=" | ">";
  readonly value: number;
}

/** `when("THREAD.ntls", ">", 0)` */
export function when(field: FieldRef, is: Condition["is"], value: number): Condition {
  return { field, is, value };
}

/** Bytes without a header that a record announces. */
export interface RawBlock {
  readonly name: string;
  readonly doc: string;
  /** The layout of one element; a block of plain bytes has none. */
  readonly element?: Table;
  /** What the bytes hold, of a block without elements: the FPU state of an x86 CPU. */
  readonly content?: "x86-fpu";
  /** Number of elements. */
  readonly count: Amount;
  /** Bytes of one element, of a block without a layout of them; a field where the image tells it. */
  readonly stride?: Amount;
  /** A field that says how many elements are in use, where `count` says how many are there: those of zeros are not. */
  readonly used?: FieldRef;
  /** Left out unless this holds. */
  readonly when?: Condition;
  /**
   * Images are known in which the bytes do not agree with `count`, and these are the other counts to try. The first
   * count after which a record follows that may stand there is taken. `"search"`: any whole number of elements.
   */
  readonly otherwise?: readonly Amount[] | "search";
  /** The other counts are known from sound images, too: the rule that says which they are, by the fields of the record. */
  readonly tolerated?: (fields: Fields) => Rule;
  /** Too large to hold: the walk hands out where it is, not its bytes. */
  readonly extent?: true;
  /** The format's own way to tell the count, of this block and those behind it. Stands at a record's first block. */
  readonly settle?: Settle;
  /** Looks at the bytes of the block, or at its first part: what is odd about them. */
  readonly remark?: (bytes: Uint8Array) => BlockRemark | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Bytes of one element of a block, in images of an abi. */
export function strideOf({ element, stride = 1 }: RawBlock, abi: Abi): Amount {
  return element?.at(abi).size ?? stride;
}

/** Something odd about a raw block. */
export interface BlockRemark {
  readonly rule: Rule;
  readonly message: string;
  /** Bytes from the start of the block. */
  readonly at: number;
}

/** Tells how many elements follow a record where its fields alone do not. */
export interface Settle {
  /** For one image. */
  begin(): Settling;
}

export interface Settling {
  /**
   * The count of each raw block behind a record whose payload ends at `ask.at`. A number instead says how many bytes from
   * there on must be at hand to tell. Nothing may change: it is asked again when they are.
   */
  counts(ask: Ask): Settled | number;
  /** The record was taken, with these counts. */
  took(settled: Settled, ask: Ask): void;
}

export interface Settled {
  readonly counts: readonly number[];
  /** Every element was looked at, and is good. */
  readonly orderly?: boolean;
  /** What there is to say about it; `isDamage` if the image is not what its writer wrote. */
  readonly remark?: {
    readonly rule: Rule;
    readonly message: string;
    readonly isDamage: boolean;
    readonly hint?: string;
  };
}

/** What can be asked when a count is settled. The record itself counts as read. */
export interface Ask {
  /** The name of the record. */
  readonly record: string;
  /** Where its payload ends in the file. */
  readonly at: number;
  readonly abi: Abi;
  /** True if `length` bytes from `at` are at hand, or as many of them as the file has. */
  holds(length: number): boolean;
  /** Bytes at hand from `at` on. */
  readonly available: number;
  /** A view of what is at hand, and the place in it of `at`. */
  readonly view: DataView;
  readonly viewAt: number;
  /** How far may be looked ahead, in bytes. */
  readonly reach: number;
  /** The latest fields of a record of this name. */
  latest(record: string): Fields | undefined;
  /** True if a record of one of these names begins `distance` bytes behind `at`, as far as its header tells. */
  followedBy(distance: number, names: readonly string[]): boolean;
  /** Bytes of a record's header. */
  readonly headerSize: number;
}

/** What a grammar is made of. */
export type Node = RecordNode | SequenceNode | OptionalNode | RepeatNode | GroupNode | ChoiceNode;
/** Something a grammar is made of; a bare string is a record without raw blocks. */
export type Grammar = string | Node;

/** A record and its raw blocks: made by `record`. */
export interface RecordNode {
  readonly kind: "record";
  readonly record: string;
  readonly raw: readonly RawBlock[];
  /** What says how many bytes its payload has, beside its header. */
  readonly length?: FieldRef;
}
/** One after the other: made by `sequence`. */
export interface SequenceNode {
  readonly kind: "sequence";
  readonly parts: readonly Node[];
}
/** There or not: made by `optional`. */
export interface OptionalNode {
  readonly kind: "optional";
  readonly body: Node;
  readonly when: Condition | undefined;
  readonly note: string | undefined;
}
/** Several of a group: made by `counted`, which sets `count`, or by `until`, which sets `until`. */
export interface RepeatNode {
  readonly kind: "repeat";
  readonly body: GroupNode;
  readonly count: Amount | undefined;
  readonly until: Condition | undefined;
}
/** A place with a name: made by `group`. */
export interface GroupNode {
  readonly kind: "group";
  readonly name: string;
  readonly body: Node;
}
/** One of several: made by `choice`. */
export interface ChoiceNode {
  readonly kind: "choice";
  readonly options: readonly Node[];
}

/** A record, and the raw blocks that follow it. */
export function record(name: string, ...raw: RawBlock[]): RecordNode {
  return { kind: "record", record: name, raw };
}

/** A record whose payload has as many bytes as a field says. */
export function sized(length: FieldRef, name: string, ...raw: RawBlock[]): RecordNode {
  return { ...record(name, ...raw), length };
}

/** One after the other. */
export function sequence(...parts: Grammar[]): SequenceNode {
  return { kind: "sequence", parts: parts.map(toNode) };
}

/**
 * There or not. The type of the next record decides; `condition` is what the format says, and a disagreement of the
 * two is worth a notice. `note` says in words what no field can tell.
 */
export function optional(body: Grammar, condition?: Condition, note?: string): OptionalNode {
  return { kind: "optional", body: toNode(body), when: condition, note };
}

/** As often as a field says (checked: the records that stand there decide). */
export function counted(count: Amount, body: GroupNode): RepeatNode {
  return { kind: "repeat", body, count, until: undefined };
}

/** Once or more, up to and with the one for which `stop` holds. */
export function until(stop: Condition, body: GroupNode): RepeatNode {
  return { kind: "repeat", body, count: undefined, until: stop };
}

/** One of several, told apart by the type of the next record. */
export function choice(...options: Grammar[]): ChoiceNode {
  return { kind: "choice", options: options.map(toNode) };
}

/** A place with a name: its records have paths below it. `group("vma", ...)` under a repetition is `vma[i]`. */
export function group(name: string, ...parts: Grammar[]): GroupNode {
  return { kind: "group", name, body: parts.length === 1 ? toNode(parts[0]!) : sequence(...parts) };
}

function toNode(grammar: Grammar): Node {
  return typeof grammar === "string" ? record(grammar) : grammar;
}

/** One occurrence of a record in a grammar. */
export interface GrammarPlace {
  readonly id: number;
  readonly record: string;
  /** What its path ends with: the record's name in lower case. */
  readonly label: string;
  readonly raw: readonly RawBlock[];
  /** True if it opens a group of its name, and so has the group's path. */
  readonly opensGroup: boolean;
  /** The groups it stands in, outermost first; `repeat` where the group repeats. */
  readonly groups: readonly { readonly group: GroupNode; readonly repeat: RepeatNode | undefined }[];
}

/** A step from one place to one that may follow it. */
export interface GrammarStep {
  readonly to: GrammarPlace;
  /** How many groups of the place before are left standing; the rest of `to.groups` is entered. */
  readonly keep: number;
  /** Repetitions whose first round starts with the step. */
  readonly begun: readonly RepeatNode[];
  /** Set if the step starts one more round of this repetition. */
  readonly again: RepeatNode | undefined;
  /** Repetitions that end with the step. */
  readonly ended: readonly RepeatNode[];
  /** Optional parts and repetitions of zero rounds that the step passes over. */
  readonly skipped: readonly (OptionalNode | RepeatNode)[];
}

/** A grammar made ready for reading: from each place the steps to what may come next. */
export interface Automaton {
  readonly places: readonly GrammarPlace[];
  /** Steps into the grammar. */
  readonly start: readonly GrammarStep[];
  /** By place id. */
  readonly steps: readonly (readonly GrammarStep[])[];
  /** By place id: may the image end here, and what is then ended or passed over. */
  readonly ends: readonly (Pick<GrammarStep, "ended" | "skipped"> | undefined)[];
}

type Skipped = readonly (OptionalNode | RepeatNode)[];
interface Link {
  readonly place: GrammarPlace;
  readonly skipped: Skipped;
}
interface Part {
  /** What is passed over when the part is left out; undefined if it may not be. */
  readonly empty: Skipped | undefined;
  readonly first: readonly Link[];
  readonly last: readonly Link[];
}

/**
 * Compiles a grammar to the automaton of its record occurrences (Glushkov's construction: no states of its own, so a
 * place in the automaton is a place in the format, and its steps are what an error message calls "expected").
 */
export function compileGrammar(grammar: Node): Automaton {
  const places: GrammarPlace[] = [];
  const links: { from: GrammarPlace; to: GrammarPlace; again: RepeatNode | undefined; skipped: Skipped }[] =
    [];

  const visit = (node: Node, groups: GrammarPlace["groups"], repeat: RepeatNode | undefined): Part => {
    switch (node.kind) {
      case "record": {
        const { record, raw } = node;
        const label = record.toLowerCase();
        const opensGroup = groups.at(-1)?.group.name === label;
        const place: GrammarPlace = { id: places.length, record, label, raw, opensGroup, groups };
        places.push(place);
        const link = [{ place, skipped: [] }];
        return { empty: undefined, first: link, last: link };
      }
      case "sequence":
        return node.parts.map(part => visit(part, groups, undefined)).reduce(follow);
      case "optional": {
        const body = visit(node.body, groups, undefined);
        return { ...body, empty: [node] };
      }
      case "choice": {
        const options = node.options.map(option => visit(option, groups, undefined));
        return {
          empty: options.find(({ empty }) => empty !== undefined)?.empty,
          first: options.flatMap(({ first }) => first),
          last: options.flatMap(({ last }) => last),
        };
      }
      case "repeat": {
        const body = visit(node.body, groups, node);
        connect(body.last, body.first, [], node);
        const mayBeEmpty = node.until === undefined && typeof node.count !== "number";
        return { ...body, empty: mayBeEmpty ? [node] : body.empty };
      }
      case "group":
        return visit(node.body, [...groups, { group: node, repeat }], undefined);
    }
  };
  const connect = (from: readonly Link[], to: readonly Link[], between: Skipped, again?: RepeatNode) => {
    for (const a of from)
      for (const b of to)
        links.push({ from: a.place, to: b.place, again, skipped: [...a.skipped, ...between, ...b.skipped] });
  };
  const follow = (a: Part, b: Part): Part => {
    connect(a.last, b.first, []);
    const over = (links: readonly Link[], skipped: Skipped | undefined, before: boolean): Link[] =>
      skipped === undefined
        ? []
        : links.map(link => ({
            place: link.place,
            skipped: before ? [...skipped, ...link.skipped] : [...link.skipped, ...skipped],
          }));
    return {
      empty: a.empty && b.empty && [...a.empty, ...b.empty],
      first: [...a.first, ...over(b.first, a.empty, true)],
      last: [...b.last, ...over(a.last, b.empty, false)],
    };
  };

  const whole = visit(grammar, [], undefined);
  const steps: GrammarStep[][] = places.map(() => []);
  for (const { from, to, again, skipped } of links) {
    let keep = 0;
    while (keep < from.groups.length && from.groups[keep] !== undefined) {
      const mine = from.groups[keep]!;
      if (mine.group !== to.groups[keep]?.group || (again !== undefined && mine.repeat === again)) break;
      keep++;
    }
    const ended = from.groups
      .slice(keep)
      .flatMap(({ repeat }) => (repeat && repeat !== again ? [repeat] : []));
    const options = steps[from.id]!;
    const twin = options.find(step => step.to.record === to.record);
    if (twin && twin.to !== to)
      throw new Error(`grammar: two ways to read ${to.record} after ${from.record}`);
    if (!twin) options.push({ to, keep, begun: begunIn(to, keep, again), again, ended, skipped });
  }
  const ends: (Automaton["ends"][number] | undefined)[] = places.map(() => undefined);
  for (const { place, skipped } of whole.last) {
    ends[place.id] = { skipped, ended: place.groups.flatMap(({ repeat }) => (repeat ? [repeat] : [])) };
  }
  const start = whole.first.map(({ place, skipped }) => ({
    to: place,
    keep: 0,
    begun: begunIn(place, 0, undefined),
    again: undefined,
    ended: [],
    skipped,
  }));
  return { places, start, steps, ends };
}

function begunIn(
  { groups }: GrammarPlace,
  keep: number,
  again: RepeatNode | undefined,
): readonly RepeatNode[] {
  return groups
    .slice(keep)
    .flatMap(({ repeat }) => (repeat !== undefined && repeat !== again ? [repeat] : []));
}
