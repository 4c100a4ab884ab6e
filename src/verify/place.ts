import type { Place } from "../finding.js";
import type { RecordItem } from "../stream/item.js";

/** The field of a record, by its C name; the start of the payload if its table has none of that name. */
export function placeOfField({ offset, path, table, image }: RecordItem, name: string): Place {
  const found = table.layout.find(member => member.name === name);
  return { offset: offset + image.dialect.framing.header.size + (found?.offset ?? 0), path };
}
