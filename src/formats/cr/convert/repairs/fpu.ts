import type { ByteOrder } from "../../../../codec/abi.js";
import { changeFields } from "../../../../convert/change-fields.js";
import { changed, reportPlace } from "../../../../convert/piece.js";
import type { Fields } from "../../../../stream/item.js";
import type { ChangeReport, Piece, RecordPiece, Stage } from "../../../convert-piece.js";
import { freshFpu } from "../../../x86/fpu-state.js";
import { holdsPointer, seriesWithoutFpu } from "../../series.js";
import type { CrContext, SurveyedFpu } from "../context.js";
import type { CrGoal } from "../goal.js";
import { isRecord } from "../piece.js";

/** A CPU record with the FPU state in it, as up to v8. */
type EmbeddedCpu = RecordPiece & { readonly fields: { readonly xstate: Uint8Array } };

/**
 * `fpu` as the image comes: v6 and before say used_math, but wrote a pointer where the state belongs, which later
 * kernels load into the FPU without a word. By default the task gets a fresh FPU as if it had never used one.
 */
export function withoutPointers({ goal, image, report }: CrContext): Stage {
  return emit => piece => {
    if (goal.fpu === "asis" || !isEmbedded(piece) || !hasPointer(piece.fields)) return emit(piece);
    emit(goal.fpu === "init" ? fresh(piece, image.abi.order, report) : withoutFpu(piece, report, POINTER));
  };
}

/** `fpu` for the kernel to come: one that would take the state for a pointer must not be given any. */
export function onlyUsableFpu({ goal, target: { series }, report }: CrContext): Stage {
  return emit => piece => {
    const wantsNone = seriesWithoutFpu.includes(series) && goal.fpu !== "asis";
    if (!wantsNone || !isEmbedded(piece) || piece.fields["used_math"] === 0) return emit(piece);
    emit(withoutFpu(piece, report, `a ${series} kernel would take the state for a pointer, and oops`));
  };
}

/** What CPU says of its FPU after `withoutPointers`: decides what HEAD_ARCH will say, which stands before it. */
export function repairedFpu(goal: Pick<CrGoal, "fpu">, fields: Fields, isRepaired: boolean): SurveyedFpu {
  const { used_math, has_fxsr, xstate } = fields as Record<string, number> & { xstate: Uint8Array };
  const size = xstate.length;
  const hasNone = isRepaired && goal.fpu !== "asis" && hasPointer(fields);
  if (!hasNone) return { used: used_math !== 0, hasFxsr: has_fxsr!, size };
  return goal.fpu === "init" ? { used: true, hasFxsr: 1, size } : { used: false, hasFxsr: 0, size };
}

const POINTER = "v6 wrote a kernel pointer and leftovers where the FPU state belongs";

function isEmbedded(piece: Piece): piece is EmbeddedCpu {
  return isRecord(piece, "CPU") && piece.fields.xstate instanceof Uint8Array;
}

function hasPointer(fields: Fields): boolean {
  return fields["used_math"] !== 0 && holdsPointer(fields["xstate"] as Uint8Array);
}

function fresh(piece: EmbeddedCpu, order: ByteOrder, report: ChangeReport): RecordPiece {
  const { length } = piece.fields.xstate;
  report.add({
    kind: "changed",
    ...reportPlace(piece, "xstate"),
    old: `${length} bytes`,
    new: `${length} bytes`,
    why: `${POINTER}; the state of a fresh FPU instead`,
    loss: true,
  });
  const withFxsr = changeFields(piece, { has_fxsr: 1 }, report, { why: "the fresh state is one of FXSAVE" });
  return changed(withFxsr, { xstate: freshFpu(length, order) });
}

function withoutFpu(piece: EmbeddedCpu, report: ChangeReport, why: string): RecordPiece {
  const { length } = piece.fields.xstate;
  const unused = changeFields(piece, { used_math: 0, has_fxsr: 0 }, report, { why, loss: true });
  report.add({ kind: "dropped", ...reportPlace(piece, "xstate"), old: `${length} bytes`, why, loss: true });
  return changed(unused, { xstate: new Uint8Array(length) });
}
