import type { Context } from "../../../../convert/context.js";
import { bytesOf, changed, inventedRaw, type RecordPiece, type Stage } from "../../../../convert/piece.js";
import type { Report } from "../../../../convert/report.js";
import { FXSAVE_SIZE, withXsaveHeader, XSAVE_SIZE } from "../../../x86/fpu-state.js";

/** cr-2 to cr-3a: flags grow to 32 bits, and the FPU state stands behind the record, if there is any. */
export function fpuBehindCpu({ report }: Context): Stage {
  return emit => piece => {
    if (piece.kind !== "record" || piece.name !== "CPU") return emit(piece);
    const { has_fxsr, _padding, xstate, _align, uses_debug, used_math, ...registers } = piece.fields;
    const state = xstate as Uint8Array;
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
      report.add({ kind: "dropped", path: piece.path, record: "CPU", field, old, why });
    }
    const flags = flagsOf(piece, report);
    // Not through `changed`: fields that leave must not stay among the values.
    emit({ ...piece, fields: { ...registers, ...flags }, stored: undefined });
    if (!isUsed) return;
    const path = `${piece.path}.xstate`;
    report.add({
      kind: "changed",
      path,
      record: "xstate",
      field: null,
      old: "CPU.xstate",
      new: "behind CPU",
      why: "cr-3a keeps the FPU state outside of the record",
    });
    emit(inventedRaw("xstate", path, usableState(state, path, report)));
  };
}

/** cr-3a to cr-2: the FPU state back into the record. */
export function fpuIntoCpu({ facts: { fpu }, report }: Context): Stage {
  const size = fpu.size === XSAVE_SIZE ? XSAVE_SIZE : FXSAVE_SIZE;
  return emit => {
    let held: RecordPiece | undefined;
    const finish = (cpu: RecordPiece, state: Uint8Array, isUsed: boolean) => {
      const flags = { ...flagsOf(cpu, report), ...(!isUsed && { used_math: 0 }) };
      const align = size === XSAVE_SIZE ? { _align: new Uint8Array(48) } : {};
      const has_fxsr = isUsed ? fpu.hasFxsr : 0;
      emit(changed(cpu, { ...flags, has_fxsr, _padding: 0, ...align, xstate: state }));
    };
    return piece => {
      if (held !== undefined) {
        const cpu = held;
        held = undefined;
        if (piece.kind === "raw" && piece.name === "xstate") {
          report.add({
            kind: "changed",
            path: piece.path,
            record: "xstate",
            field: null,
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
      if (piece.kind !== "record" || piece.name !== "CPU") emit(piece);
      else if (piece.fields["used_math"] !== 0) held = piece;
      else finish(piece, new Uint8Array(size), false);
    };
  };
}

function flagsOf(cpu: RecordPiece, report: Report) {
  return { uses_debug: flagOf("uses_debug", cpu, report), used_math: flagOf("used_math", cpu, report) };
}

/** 0 or 1: the 32-bit flags of cr-3a hold values that 16 bits would cut to 0. */
function flagOf(field: string, { path, fields }: RecordPiece, report: Report): number {
  const value = fields[field] as number;
  if (value <= 1) return value;
  const why = "the readers only ask whether it is 0";
  report.add({
    kind: "changed",
    path,
    record: "CPU",
    field,
    old: String(value),
    new: "1",
    why,
    loss: true,
  });
  return 1;
}

/** XSAVE's header must name the parts that are there, or the kernel restarts the task with an empty FPU. */
function usableState(state: Uint8Array, path: string, report: Report): Uint8Array {
  const parts = state[FXSAVE_SIZE];
  if (state.length !== XSAVE_SIZE || (parts! >= 1 && parts! <= 3)) return state;
  report.add({
    kind: "changed",
    path,
    record: "xstate",
    field: "xstate_bv",
    old: String(parts),
    new: "3",
    why: "XSAVE's header must name the parts that are there (x87 1, SSE 2)",
    loss: true,
  });
  return withXsaveHeader(state);
}

/** What stale bytes hold; undefined if they are 0. */
function leftoverText(value: unknown): string | undefined {
  if (value instanceof Uint8Array) {
    return value.some(byte => byte !== 0) ? `${value.length} bytes` : undefined;
  }
  return value === 0 ? undefined : String(value);
}
