import { segmentOf } from "../formats/x86/segment.js";
import type { SegmentsFact } from "../model/fact.js";
import type { Style } from "./style.js";

/** First GDT entry of the TLS array (GDT_ENTRY_TLS_MIN, i386). */
const FIRST_TLS_ENTRY = 6;

/** The descriptors of a TLS array or LDT that are in use, a line each; a run of empty ones is counted. */
export function segmentLines(
  { table, first, entries }: Pick<SegmentsFact, "table" | "first" | "entries">,
  style: Style,
): string[] {
  const lines: string[] = [];
  let empty = 0;
  for (const [i, desc] of entries.entries()) {
    const index = first + i;
    if (desc === 0n) {
      empty++;
      continue;
    }
    const { base, limit, pages, type, dpl, bits, present, available } = segmentOf(desc);
    const selector = table === "tls" ? ((FIRST_TLS_ENTRY + index) << 3) | 3 : (index << 3) | 7;
    const extent = `base 0x${base.toString(16).padStart(8, "0")} limit 0x${limit.toString(16)} ${pages ? "pages" : "bytes"}`;
    const flags = `${bits}-bit${present ? "" : " not-present"}${available ? " available" : ""}`;
    lines.push(
      `${style.name(`${table}[${index}]`)} selector 0x${selector.toString(16)}  ${extent}  ${style.symbol(`${type} dpl ${dpl} ${flags}`)}  ${style.dim(`0x${desc.toString(16).padStart(16, "0")}`)}`,
    );
  }
  if (empty > 0) lines.push(style.dim(`${empty} of ${entries.length} entries are empty`));
  return lines;
}
