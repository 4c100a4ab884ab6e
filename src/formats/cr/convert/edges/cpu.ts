import { changeFields } from "../../../../convert/change-fields.js";
import { bytesOf, changed, inventedBlock, reportPlace } from "../../../../convert/piece.js";
import type { ChangeReport, RawPiece, RecordPiece, Stage } from "../../../convert-piece.js";
import { FXSAVE_SIZE, withXsaveHeader, XSAVE_SIZE } from "../../../x86/fpu-state.js";
import type { CrContext } from "../context.js";
import { isRecord } from "../piece.js";

/** cr-2 to cr-3a: flags grow to 32 bits, and the FPU state stands behind the record, if there is any. */
export function fpuBehindCpu({ report }: CrContext): Stage {
  return emit => piece => {
    if (!isRecord(piece, "CPU")) return emit(piece);
    const { used_math, has_fxsr, _padding, xstate, _align } = piece.fields as Record<string, unknown>;
    const isUsed = used_math !== 0;
    const leaves = {
      _padding,
      ...(_align !== undefined && { _align }),
      ...(!isUsed && { has_fxsr, xstate }),
    };
    for (const [field, value] of Object.entries(leaves)) {
      const old = leftoverText(value);
      if (old === undefined) continue;
      const why = "undefined bytes that cr-3a has no place for";
      report.add({ kind: "dropped", ...reportPlace(piece, field), old, why });
    }
    emit(withoutEmbeddedFpu(withPlainFlags(piece, report)));
    if (!isUsed) return;
    const block = inventedBlock("xstate", `${piece.path}.xstate`, xstate as Uint8Array);
    report.add({
      kind: "changed",
      ...reportPlace(block),
      old: "CPU.xstate",
      new: "behind CPU",
      why: "cr-3a keeps the FPU state outside of the record",
    });
    emit(usableState(block, report));
  };
}

/** cr-3a to cr-2: the FPU state back into the record. */
export function fpuIntoCpu({ survey: { fpu }, report }: CrContext): Stage {
  const size = fpu.size === XSAVE_SIZE ? XSAVE_SIZE : FXSAVE_SIZE;
  return emit => {
    let held: RecordPiece | undefined;
    const finish = (cpu: RecordPiece, state: Uint8Array, isUsed: boolean) => {
      const align = size === XSAVE_SIZE ? { _align: new Uint8Array(48) } : {};
      const has_fxsr = isUsed ? fpu.hasFxsr : 0;
      const embedded = { ...(!isUsed && { used_math: 0 }), has_fxsr, _padding: 0, ...align, xstate: state };
      emit(changed(withPlainFlags(cpu, report), embedded));
    };
    return piece => {
      if (held !== undefined) {
        const cpu = held;
        held = undefined;
        if (piece.kind === "raw" && piece.name === "xstate") {
          report.add({
            kind: "changed",
            ...reportPlace(piece),
            old: "behind CPU",
            new: "CPU.xstate",
            why: "cr-2 keeps the FPU state in the record",
          });
          finish(cpu, bytesOf(piece), true);
          return;
        }
        // An image whose used_math has no state behind it does not get this far, unless it is cut there.
        finish(cpu, new Uint8Array(size), false);
      }
      if (!isRecord(piece, "CPU")) emit(piece);
      else if (piece.fields.used_math !== 0) held = piece;
      else finish(piece, new Uint8Array(size), false);
    };
  };
}

/** Not through `changed`: fields that leave must not stay among the values. */
function withoutEmbeddedFpu(piece: RecordPiece): RecordPiece {
  const { has_fxsr: _1, _padding: _2, xstate: _3, _align: _4, ...fields } = piece.fields;
  return { ...piece, fields, stored: undefined };
}

/** With flags that are 0 or 1: the 32-bit ones of cr-3a hold values that 16 bits would cut to 0. */
function withPlainFlags(piece: RecordPiece, report: ChangeReport): RecordPiece {
  const { uses_debug, used_math } = piece.fields as Readonly<Record<string, number>>;
  const flags = { uses_debug: Math.min(uses_debug!, 1), used_math: Math.min(used_math!, 1) };
  return changeFields(piece, flags, report, { why: "the readers only ask whether it is 0", loss: true });
}

/** XSAVE's header must name the parts that are there, or the kernel restarts the task with an empty FPU. */
function usableState(block: RawPiece, report: ChangeReport): RawPiece {
  const state = bytesOf(block);
  const parts = state[FXSAVE_SIZE];
  if (state.length !== XSAVE_SIZE || (parts! >= 1 && parts! <= 3)) return block;
  report.add({
    kind: "changed",
    ...reportPlace(block, "xstate_bv"),
    old: String(parts),
    new: "3",
    why: "XSAVE's header must name the parts that are there (x87 1, SSE 2)",
    loss: true,
  });
  return { ...block, body: withXsaveHeader(state) };
}

/** What stale bytes hold; undefined if they are 0. */
function leftoverText(value: unknown): string | undefined {
  if (value instanceof Uint8Array) {
    return value.some(byte => byte !== 0) ? `${value.length} bytes` : undefined;
  }
  return value === 0 ? undefined : String(value);
}
