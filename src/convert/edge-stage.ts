import type { ConversionContext, ConvertFacet, DialectEdge } from "../formats/convert-facet.js";
import type { NamedPiece, Stage } from "../formats/convert-piece.js";
import type { Dialect } from "../stream/dialect.js";
import { changed, pipeline, reportPlace } from "./piece.js";
import { pieceText } from "./piece-text.js";

/** What an edge does to an image. */
export function edgeStage(
  edge: DialectEdge,
  facet: Pick<ConvertFacet, "stamp">,
  context: ConversionContext,
): Stage {
  const stages = [stamping(edge, facet, context), dropping(edge, context), inventing(edge, context)];
  if (edge.reshapes !== undefined) stages.push(edge.reshapes(context));
  return emit => pipeline(stages, emit);
}

/** Has the head say what the target's heads say. */
function stamping(
  { from, to }: DialectEdge,
  { stamp }: Pick<ConvertFacet, "stamp">,
  { report }: ConversionContext,
): Stage {
  const before = stamp(from);
  const other = Object.entries(stamp(to)).filter(([field, value]) => before[field] !== value);
  return emit => piece => {
    if (piece.kind !== "record" || piece.name !== from.begins || other.length === 0) return emit(piece);
    for (const [field, value] of other) {
      report.add({
        kind: "changed",
        ...reportPlace(piece, field),
        old: String(piece.fields[field]),
        new: String(value),
        why: `${to.name} has ${field} ${value}`,
      });
    }
    emit(changed(piece, Object.fromEntries(other)));
  };
}

function dropping({ from, to, drops = [], restores }: DialectEdge, context: ConversionContext): Stage {
  const { report, image } = context;
  const textOf = (piece: NamedPiece) => pieceText(piece, from, image.abi);
  const again = (restores?.(context) ?? []).map(piece => ({ piece, text: textOf(piece) }));
  const names = namesBelow(from, drops);
  const place = new RegExp(`(?:^|\\.)(${drops.join("|")})(?:\\.|$)`);
  return emit => piece => {
    if (piece.kind === "plain" || !names.has(piece.name)) return emit(piece);
    const group = place.exec(piece.path)?.[1];
    if (group === undefined) return emit(piece);
    const old = textOf(piece);
    report.add({
      kind: "dropped",
      ...reportPlace(piece),
      old,
      why: `${to.name} has no ${group}`,
      loss: !again.some(other => other.text === old && isAlike(piece, other.piece)),
    });
  };
}

/** True if one can stand for the other: same record, and what the header says beside type and length. */
function isAlike(a: NamedPiece, b: NamedPiece): boolean {
  if (a.kind !== b.kind || a.name !== b.name) return false;
  if (a.kind === "raw" || b.kind === "raw") return true;
  const { type: _type, len: _len, ...said } = a.header;
  return Object.entries(said).every(([field, value]) => value === (b.header[field] ?? 0));
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

function inventing({ to, invents = [] }: DialectEdge, context: ConversionContext): Stage {
  const { report, image } = context;
  return emit => piece => {
    for (const { before, make, why } of invents) {
      if (piece.kind !== "record" || piece.name !== before) continue;
      for (const made of make(context, groupOf(piece.path))) {
        report.add({ kind: "invented", ...reportPlace(made), new: pieceText(made, to, image.abi), why });
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
