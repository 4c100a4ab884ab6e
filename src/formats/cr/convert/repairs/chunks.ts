import { changeFields } from "../../../../convert/change-fields.js";
import { reportPlace } from "../../../../convert/piece.js";
import type { Stage } from "../../../convert-piece.js";
import type { CrContext } from "../context.js";
import { isRecord } from "../piece.js";

/**
 * `chunks`: up to v11 `nr_pages` is a running total from the second chunk of a VMA on, which no reader understands. The
 * true count instead; a chunk without a page of its own goes, since a reader would take it for the end of the VMA.
 */
export function trueCounts({ report }: CrContext): Stage {
  const why = "a running total (v6-v11), where readers want the pages of the chunk";
  return emit => piece => {
    if (!isRecord(piece, "PGARR")) return emit(piece);
    const { nr_pages } = piece.fields;
    const pages = BigInt(piece.counts[0] ?? 0);
    if (pages > 0n || nr_pages === pages)
      return emit(changeFields(piece, { nr_pages: pages }, report, { why }));
    report.add({ kind: "dropped", ...reportPlace(piece), old: String(nr_pages), why });
  };
}
