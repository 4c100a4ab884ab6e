import type { Framing } from "../stream/framing.js";
import type { Header } from "../stream/item.js";

const known = new WeakMap<Framing, readonly string[]>();

/** What a header has beside `type` and `len`, by its names. */
export function otherMembers(framing: Framing): readonly string[] {
  let names = known.get(framing);
  if (names === undefined) {
    names = Object.keys(framing.header.fields).filter(name => name !== "type" && name !== "len");
    known.set(framing, names);
  }
  return names;
}

/** The members of a line that tell a header but for its type: `"parent":152,"len":8`. */
export function headerMembers(framing: Framing, header: Header): string {
  let text = "";
  for (const name of otherMembers(framing)) text += `"${name}":${header[name]},`;
  return `${text}"len":${header.len}`;
}
