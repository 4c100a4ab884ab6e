import { isStale } from "../codec/field.js";
import { elements, type RawItem } from "../stream/item.js";
import { staleText, valueText } from "./record-text.js";
import type { Style } from "./style.js";

/** The elements of a raw block, a line each: their fields, and what was left over in them. */
export function elementLines(item: RawItem, style: Style): string[] {
  const { layout } = item.block.element!;
  return elements<Record<string, unknown>>(item).map(values =>
    layout
      .flatMap(member => {
        const value = values[member.name];
        if (!isStale(member.field, values))
          return [`${style.name(member.name)} ${valueText(member, value, style)}`];
        if (!value) return [];
        return [style.dim(`${member.name} 0x${(value as number).toString(16)} (${staleText(member)})`)];
      })
      .join("  "),
  );
}
