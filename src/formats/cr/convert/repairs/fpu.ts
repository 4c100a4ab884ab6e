import type { ByteOrder } from "../../../../codec/field.js";
import type { Context, FpuFacts } from "../../../../convert/context.js";
import { changed, type Fields, type Piece, type RecordPiece, type Stage } from "../../../../convert/piece.js";
import type { Report } from "../../../../convert/report.js";
import { freshFpu } from "../../../x86/fpu-state.js";
import { holdsPointer, seriesWithoutFpu } from "../../series.js";
import type { Goal } from "../options.js";

/** A CPU record with the FPU state in it, as up to v8. */
type EmbeddedCpu = RecordPiece & { readonly fields: { readonly xstate: Uint8Array } };

/**
 * `fpu` as the image comes: v6 and before say used_math, but wrote a pointer where the state belongs, which later
 * kernels load into the FPU without a word. By default the task gets a fresh FPU as if it had never used one.
 */
export function withoutPointers({ goal, report }: Context): Stage {
  return emit => piece => {
    if (goal.fpu === "asis" || !isEmbedded(piece) || !hasPointer(piece.fields)) return emit(piece);
    emit(goal.fpu === "init" ? fresh(piece, goal.to.abi.order, report) : withoutFpu(piece, report, POINTER));
  };
}

/** `fpu` for the kernel to come: one that would take the state for a pointer must not be given any. */
export function onlyUsableFpu({ goal, report }: Context): Stage {
  return emit => piece => {
    const wantsNone = seriesWithoutFpu.includes(goal.series) && goal.fpu !== "asis";
    if (!wantsNone || !isEmbedded(piece) || piece.fields["used_math"] === 0) return emit(piece);
    const why = `a ${goal.series} kernel would take the state for a pointer, and oops`;
    emit(withoutFpu(piece, report, why));
  };
}

/** What CPU says of its FPU after `withoutPointers`: decides what HEAD_ARCH will say, which stands before it. */
export function repairedFpu(goal: Pick<Goal, "fpu">, fields: Fields, isRepaired: boolean): FpuFacts {
  const { used_math, has_fxsr, xstate } = fields as Record<string, number> & { xstate: Uint8Array };
  const size = xstate.length;
  const hasNone = isRepaired && goal.fpu !== "asis" && hasPointer(fields);
  if (!hasNone) return { used: used_math !== 0, hasFxsr: has_fxsr!, size };
  return goal.fpu === "init" ? { used: true, hasFxsr: 1, size } : { used: false, hasFxsr: 0, size };
}

const POINTER = "v6 wrote a kernel pointer and leftovers where the FPU state belongs";

function isEmbedded(piece: Piece): piece is EmbeddedCpu {
  return piece.kind === "record" && piece.name === "CPU" && piece.fields["xstate"] instanceof Uint8Array;
}

function hasPointer(fields: Fields): boolean {
  return fields["used_math"] !== 0 && holdsPointer(fields["xstate"] as Uint8Array);
}

function fresh(piece: EmbeddedCpu, order: ByteOrder, report: Report): RecordPiece {
  const { path, fields } = piece;
  report.add({
    kind: "changed",
    path,
    record: "CPU",
    field: "xstate",
    old: `${fields.xstate.length} bytes`,
    new: `${fields.xstate.length} bytes`,
    why: `${POINTER}; the state of a fresh FPU instead`,
    loss: true,
  });
  if (fields["has_fxsr"] !== 1) {
    report.add({
      kind: "changed",
      path,
      record: "CPU",
      field: "has_fxsr",
      old: String(fields["has_fxsr"]),
      new: "1",
      why: "the fresh state is one of FXSAVE",
    });
  }
  return changed(piece, { has_fxsr: 1, xstate: freshFpu(fields.xstate.length, order) });
}

function withoutFpu(piece: EmbeddedCpu, report: Report, why: string): RecordPiece {
  const { path, fields } = piece;
  const place = { path, record: "CPU", why, loss: true };
  report.add({
    kind: "changed",
    ...place,
    field: "used_math",
    old: String(fields["used_math"]),
    new: "0",
  });
  if (fields["has_fxsr"] !== 0) {
    report.add({
      kind: "changed",
      ...place,
      field: "has_fxsr",
      old: String(fields["has_fxsr"]),
      new: "0",
    });
  }
  const size = fields.xstate.length;
  report.add({ kind: "dropped", ...place, field: "xstate", old: `${size} bytes` });
  return changed(piece, { used_math: 0, has_fxsr: 0, xstate: new Uint8Array(size) });
}
