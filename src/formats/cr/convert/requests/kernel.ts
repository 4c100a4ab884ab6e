import { changeFields } from "../../../../convert/change-fields.js";
import type { Stage } from "../../../convert-piece.js";
import type { CrContext } from "../context.js";
import type { KernelVersion } from "../goal.js";
import { isRecord } from "../piece.js";

/** `--kernel`: makes the head that of another kernel. */
export function forKernel({ report }: CrContext, version: KernelVersion): Stage {
  const note = { why: "restart wants its own version exactly", loss: true };
  return emit => piece =>
    emit(isRecord(piece, "HEAD") ? changeFields(piece, { ...version }, report, note) : piece);
}
