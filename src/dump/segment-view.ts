import { segmentOf } from "../formats/x86/segment.js";
import { elements, type RawItem } from "../stream/item.js";
import type { Style } from "./style.js";

/** First GDT entry of the TLS array (GDT_ENTRY_TLS_MIN, i386). */
const FIRST_TLS_ENTRY = 6;

/** The descriptors of a TLS array or LDT that are in use, a line each; a run of empty ones is counted. */
export function descriptorLines(item: RawItem, style: Style): string[] {
  const lines: string[] = [];
  let empty = 0;
  for (const [i, { desc }] of elements<{ desc: bigint }>(item).entries()) {
    const index = item.first + i;
    if (desc === 0n) {
      empty++;
      continue;
    }
    const { base, limit, pages, type, dpl, bits, present, available } = segmentOf(desc);
    const selector = item.name === "tls" ? ((FIRST_TLS_ENTRY + index) << 3) | 3 : (index << 3) | 7;
    const extent = `base 0x${base.toString(16).padStart(8, "0")} limit 0x${limit.toString(16)} ${pages ? "pages" : "bytes"}`;
    const flags = `${bits}-bit${present ? "" : " not-present"}${available ? " available" : ""}`;
    lines.push(
      `${style.name(`${item.name}[${index}]`)} selector 0x${selector.toString(16)}  ${extent}  ${style.symbol(`${type} dpl ${dpl} ${flags}`)}  ${style.dim(`0x${desc.toString(16).padStart(16, "0")}`)}`,
    );
  }
  if (empty > 0) lines.push(style.dim(`${empty} of ${item.count} entries are empty`));
  return lines;
}
