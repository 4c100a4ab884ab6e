import { changeFields } from "../../../../convert/change-fields.js";
import { bytesOf, reportPlace } from "../../../../convert/piece.js";
import type { Change, ChangeReport, Piece, RecordPiece, Stage } from "../../../convert-piece.js";
import { FXSAVE_SIZE, hasPlainXsaveHeader, withXsaveHeader, XSAVE_SIZE } from "../../../x86/fpu-state.js";
import type { CrContext } from "../context.js";
import { isRecord } from "../piece.js";

/** `--xstate`: changes between the FPU state of FXSAVE and that of XSAVE: what CPUs with and without XSAVE restart. */
export function resizedFpu({ report }: CrContext, size: 512 | 576): Stage {
  return emit => piece => emit(resized(piece, report, size));
}

function resized(piece: Piece, report: ChangeReport, size: number): Piece {
  if (isRecord(piece, "HEAD_ARCH")) {
    const wanted = { has_fxsr: 1, has_xsave: size === XSAVE_SIZE ? 1 : 0, xstate_size: size };
    return changeFields(piece, wanted, report, { why: `FPU state of ${size} bytes, as asked for` });
  }
  if (piece.kind === "raw" && piece.name === "xstate") {
    return { ...piece, body: resizedState(bytesOf(piece), reportPlace(piece), report, size) };
  }
  const xstate = isRecord(piece, "CPU") ? piece.fields.xstate : undefined;
  if (xstate === undefined || xstate.length === size) return piece;
  return resizedCpu(piece as RecordPiece, xstate, report, size);
}

function resizedState(
  state: Uint8Array,
  place: Pick<Change, "path" | "record" | "field">,
  report: ChangeReport,
  size: number,
): Uint8Array {
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
function resizedCpu(piece: RecordPiece, xstate: Uint8Array, report: ChangeReport, size: number): RecordPiece {
  const { _align, ...fields } = piece.fields;
  const isUsed = fields["used_math"] !== 0;
  const place = reportPlace(piece, "xstate");
  const state = isUsed ? resizedState(xstate, place, report, size) : new Uint8Array(size);
  if (!isUsed) {
    state.set(xstate.subarray(0, size));
    report.add({
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
