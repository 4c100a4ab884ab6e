import type { Context } from "../../../../convert/context.js";
import { bytesOf, changed, fieldsOf, isRecord, type Stage } from "../../../../convert/piece.js";

/**
 * `chunks`: up to v11 `nr_pages` is a running total from the second chunk of a VMA on, which no reader understands. The
 * true count instead; a chunk without a page of its own goes, since a reader would take it for the end of the VMA.
 */
export function trueCounts({ report }: Context): Stage {
  return emit => piece => {
    if (!isRecord(piece, "PGARR")) return emit(piece);
    const { nr_pages } = fieldsOf(piece);
    const pages = BigInt(piece.pages);
    if (nr_pages === pages) return emit(piece);
    const { path } = piece;
    const why = "a running total (v6-v11), where readers want the pages of the chunk";
    if (pages === 0n) {
      report.add({ kind: "dropped", path, record: "PGARR", field: null, old: String(nr_pages), why });
      return;
    }
    report.add({
      kind: "changed",
      path,
      record: "PGARR",
      field: "nr_pages",
      old: String(nr_pages),
      new: String(pages),
      why,
    });
    emit(changed(piece, { nr_pages: pages }));
  };
}

/** `tls`: v6-v8 write the TLS array of a task that has none, and do not read it. */
export function noEmptyTls({ report }: Context): Stage {
  return emit => {
    let isUsed = false;
    return piece => {
      if (isRecord(piece, "THREAD")) isUsed = fieldsOf(piece).ntls > 0;
      if (piece.kind !== "raw" || piece.name !== "tls" || isUsed) return emit(piece);
      const bytes = bytesOf(piece);
      report.add({
        kind: "dropped",
        path: piece.path,
        record: "tls",
        field: null,
        old: `${bytes.length} bytes`,
        why: "ntls is 0, and readers do not expect the array then",
        loss: bytes.some(byte => byte !== 0),
      });
    };
  };
}
