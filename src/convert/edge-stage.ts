import { actualText } from "../codec/describe.js";
import { isStale } from "../codec/field.js";
import { hexOf } from "../codec/json.js";
import type { RecordName } from "../formats/cr/records.js";
import type { Dialect } from "../stream/dialect.js";
import { layoutFor } from "../stream/encode-record.js";
import type { Context, Facts } from "./context.js";
import { bytesOf, changed, type Piece, pipeline, type RecordPiece, type Stage } from "./piece.js";

/**
 * What it takes to get from a dialect to its neighbour, declared: everything it does not name passes through. The
 * numbers of records and HEAD.rev are those of the dialect and follow by themselves.
 */
export interface Step {
  readonly from: Dialect;
  readonly to: Dialect;
  /** What the target does not have, all below it included: names in paths, such as `files`. */
  readonly drops?: readonly string[];
  readonly invents?: readonly Invention[];
  /** Records that both have, in another shape. */
  readonly reshapes?: (context: Context) => Stage;
  /** Why an image cannot go this way; undefined if it can. */
  readonly refuses?: (image: Refusable) => string | undefined;
}

/** Pieces that the source does not have, and what they say unless asked for something else. */
export interface Invention {
  /** The record that they are put before. */
  readonly before: RecordName;
  readonly make: (context: Pick<Context, "goal" | "facts" | "prefix">, path: string) => readonly Piece[];
  readonly why: string;
}

/** What decides whether an image can be converted at all. */
export interface Refusable {
  readonly hasMemory: boolean;
  /** pids of the tasks that shall go into one image. */
  readonly tasks: readonly number[];
  readonly facts: Facts;
}

/** The stage of a step. `back` is the step the other way: what it would invent again is not lost. */
export function stageOf(step: Step, back: Step, context: Context): Stage {
  const stages = [toRevision(step, context), dropping(step, back, context), inventing(step, context)];
  return pipelineOf([...stages, ...(step.reshapes === undefined ? [] : [step.reshapes(context)])]);
}

function pipelineOf(stages: readonly Stage[]): Stage {
  return emit => pipeline(stages, emit);
}

function toRevision({ from, to }: Step, { report }: Context): Stage {
  return emit => piece => {
    if (piece.kind !== "record" || piece.name !== "HEAD" || from.rev === to.rev) return emit(piece);
    const { path, fields } = piece;
    const why = `${to.name} has rev ${to.rev}`;
    report.add({
      kind: "changed",
      path,
      record: "HEAD",
      field: "rev",
      old: String(fields["rev"]),
      new: String(to.rev),
      why,
    });
    emit(changed(piece, { rev: to.rev }));
  };
}

function dropping({ from, to, drops = [] }: Step, back: Step, context: Context): Stage {
  const { report, goal } = context;
  const byDefault = { ...context, goal: { ...goal, ppid: 1, fds: [] } };
  const again = (back.invents ?? []).flatMap(({ make }) => make(byDefault, ""));
  const names = namesBelow(from, drops);
  const place = new RegExp(`(?:^|\\.)(${drops.join("|")})(?:\\.|$)`);
  return emit => piece => {
    if (piece.kind === "plain" || !names.has(piece.name)) return emit(piece);
    const group = place.exec(piece.path)?.[1];
    if (group === undefined) return emit(piece);
    const loss = !again.some(other => isSame(piece, other, from));
    const old = pieceText(piece, from);
    report.add({
      kind: "dropped",
      path: piece.path,
      record: piece.name,
      field: null,
      old,
      why: `${to.name} has no ${group}`,
      loss,
    });
  };
}

/** Records and raw blocks that can stand in these groups: most pieces are of others, and need no look at their path. */
function namesBelow(dialect: Dialect, groups: readonly string[]): ReadonlySet<string> {
  const places = dialect.automaton.places.filter(place =>
    [place.record.toLowerCase(), ...place.groups.map(({ group }) => group.name)].some(name =>
      groups.includes(name),
    ),
  );
  return new Set(places.flatMap(({ record, raw }) => [record, ...raw.map(({ name }) => name)]));
}

function inventing({ to, invents = [] }: Step, context: Context): Stage {
  const { report } = context;
  return emit => piece => {
    for (const { before, make, why } of invents) {
      if (piece.kind !== "record" || piece.name !== before) continue;
      for (const made of make(context, groupOf(piece.path))) {
        const record = made.kind === "plain" ? "" : made.name;
        report.add({
          kind: "invented",
          path: made.path,
          record,
          field: null,
          new: pieceText(made, to),
          why,
        });
        emit(made);
      }
    }
    emit(piece);
  };
}

/** `task[0]` for `task[0].thread`; empty for `head`. */
function groupOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** True if both say the same, as far as the kernel defines it. */
function isSame(a: Piece, b: Piece, dialect: Dialect): boolean {
  if (a.kind === "plain" || b.kind === "plain" || a.kind !== b.kind || a.name !== b.name) return false;
  if (a.kind === "record") {
    return a.parent === (b as RecordPiece).parent && pieceText(a, dialect) === pieceText(b, dialect);
  }
  return pieceText(a, dialect) === pieceText(b, dialect);
}

/** What a piece says, on one line: `has_fxsr 1, has_xsave 0, xstate_size 512`. Padding and stale bytes say nothing. */
function pieceText(piece: Piece, dialect: Dialect): string {
  if (piece.kind === "plain") return "";
  if (piece.kind === "raw") return rawText(piece.name, bytesOf(piece), dialect);
  const spec = dialect.byName(piece.name);
  if (spec === undefined) return "";
  const { layout } = layoutFor(spec, piece.fields);
  const defined = layout.filter(({ field }) => !isStale(field, piece.fields));
  return defined
    .map(({ name, field }) => {
      const text = valueText(actualText(field, piece.fields[name]));
      // A string, or a path, needs no name.
      return spec.variable ? text : `${name} ${text}`;
    })
    .join(", ");
}

/** Elements of a raw block that a report shows. */
const SHOWN = 8;

function rawText(name: string, bytes: Uint8Array, dialect: Dialect): string {
  const block = dialect.automaton.places.flatMap(({ raw }) => raw).find(candidate => candidate.name === name);
  const element = block?.element;
  if (element === undefined) return bytes.length > 32 ? `${bytes.length} bytes` : hexOf(bytes);
  const decode = element.decoder(dialect.abi.order);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / element.size);
  const texts = Array.from({ length: Math.min(count, SHOWN) }, (_, i) => {
    const values = decode(view, i * element.size, element.size) as Record<string, unknown>;
    return element.layout
      .filter(({ field }) => field.stale === undefined)
      .map(({ name, field }) =>
        element.layout.length === 1
          ? actualText(field, values[name])
          : `${name} ${actualText(field, values[name])}`,
      )
      .join(", ");
  });
  return texts.join("; ") + (count > SHOWN ? `; and ${count - SHOWN} more` : "");
}

/** Text without the NULs at its end, and not too much of it. */
function valueText(text: string): string {
  const trimmed = text.replace(/\0+$/, "");
  return trimmed.length > 256 ? `${trimmed.slice(0, 256)}...` : trimmed;
}
