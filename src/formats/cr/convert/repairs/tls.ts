import { bytesOf, reportPlace } from "../../../../convert/piece.js";
import type { Stage } from "../../../convert-piece.js";
import type { CrContext } from "../context.js";
import { isRecord } from "../piece.js";

/** `tls`: v6-v8 write the TLS array of a task that has none, and do not read it. */
export function noEmptyTls({ report }: CrContext): Stage {
  return emit => {
    let isUsed = false;
    return piece => {
      if (isRecord(piece, "THREAD")) isUsed = piece.fields.ntls > 0;
      if (piece.kind !== "raw" || piece.name !== "tls" || isUsed) return emit(piece);
      const bytes = bytesOf(piece);
      report.add({
        kind: "dropped",
        ...reportPlace(piece),
        old: `${bytes.length} bytes`,
        why: "ntls is 0, and readers do not expect the array then",
        loss: bytes.some(byte => byte !== 0),
      });
    };
  };
}
