import type { Context } from "../../../../convert/context.js";
import { changed, isRecord, type Stage } from "../../../../convert/piece.js";
import type { KernelVersion } from "../options.js";

/** Makes the head that of another kernel. */
export function forKernel({ report }: Context, version: KernelVersion): Stage {
  return emit => piece => {
    if (!isRecord(piece, "HEAD")) return emit(piece);
    const { path, fields } = piece;
    const differing = Object.entries(version).filter(([field, value]) => fields[field] !== value);
    for (const [field, value] of differing) {
      report.add({
        kind: "changed",
        path,
        record: "HEAD",
        field,
        old: String(fields[field]),
        new: String(value),
        why: "restart wants its own version exactly",
        loss: true,
      });
    }
    emit(differing.length === 0 ? piece : changed(piece, { ...version }));
  };
}
