import type { Context } from "../../../../convert/context.js";
import {
  bytesOf,
  changed,
  type Fields,
  isRecord,
  type Piece,
  type RecordPiece,
  type Stage,
} from "../../../../convert/piece.js";
import type { ReportEntry } from "../../../../convert/report.js";
import { FXSAVE_SIZE, hasPlainXsaveHeader, withXsaveHeader, XSAVE_SIZE } from "../../../x86/fpu-state.js";

/** Changes between the FPU state of FXSAVE and that of XSAVE: what CPUs with and without XSAVE restart. */
export function resizedFpu(context: Context, size: 512 | 576): Stage {
  return emit => piece => emit(resized(piece, context, size));
}

function resized(piece: Piece, context: Context, size: number): Piece {
  if (isRecord(piece, "HEAD_ARCH")) return resizedArch(piece, context, size);
  if (piece.kind === "raw" && piece.name === "xstate") {
    return {
      ...piece,
      body: resizedState(bytesOf(piece), { path: piece.path, record: "xstate", field: null }, context, size),
    };
  }
  const xstate = piece.kind === "record" && piece.name === "CPU" ? piece.fields["xstate"] : undefined;
  if (!(xstate instanceof Uint8Array) || xstate.length === size) return piece;
  return resizedCpu(piece as RecordPiece, xstate, context, size);
}

function resizedArch(piece: RecordPiece, { report }: Context, size: number): RecordPiece {
  const wanted: Fields = { has_fxsr: 1, has_xsave: size === XSAVE_SIZE ? 1 : 0, xstate_size: size };
  for (const [field, value] of Object.entries(wanted)) {
    const old = piece.fields[field];
    if (old === value) continue;
    const why = `FPU state of ${size} bytes, as asked for`;
    report.add({
      kind: "changed",
      path: piece.path,
      record: "HEAD_ARCH",
      field,
      old: String(old),
      new: String(value),
      why,
    });
  }
  return changed(piece, wanted);
}

/** Where the state is, as the report calls it. */
type Place = Pick<ReportEntry, "path" | "record" | "field">;

function resizedState(state: Uint8Array, place: Place, { report }: Context, size: number): Uint8Array {
  if (state.length === size) return state;
  const isCut = size === FXSAVE_SIZE;
  report.add({
    kind: "changed",
    ...place,
    old: `${state.length} bytes`,
    new: `${size} bytes`,
    why: isCut ? "XSAVE's header cut off" : "XSAVE's header put behind",
    loss: isCut && !hasPlainXsaveHeader(state),
  });
  return isCut ? state.slice(0, size) : withXsaveHeader(state);
}

/** Up to v8 the state is in CPU, which has two layouts: the larger one pads the state to 64 bytes. */
function resizedCpu(piece: RecordPiece, xstate: Uint8Array, context: Context, size: number): RecordPiece {
  const { _align, ...fields } = piece.fields;
  const isUsed = fields["used_math"] !== 0;
  const place = { path: piece.path, record: "CPU", field: "xstate" };
  const state = isUsed ? resizedState(xstate, place, context, size) : new Uint8Array(size);
  if (!isUsed) {
    state.set(xstate.subarray(0, size));
    context.report.add({
      kind: "changed",
      ...place,
      old: `${xstate.length} bytes`,
      new: `${size} bytes`,
      why: `FPU state of ${size} bytes, as asked for; not in use`,
    });
  }
  const align = size === XSAVE_SIZE ? { _align: new Uint8Array(48) } : {};
  return { ...piece, fields: { ...fields, ...align, xstate: state }, stored: undefined };
}
