import type { Field } from "./field.js";
import { hexOf, isHex } from "./hex.js";
import { jsonText } from "./json-text.js";
import type { LayoutField } from "./layout.js";
import { trimNuls } from "./text.js";

/** What prints the values of a layout as members of a JSON object, as code of its own; see jsonMembers. */
export function compileJson(layout: readonly LayoutField[]): (values: Record<string, unknown>) => string {
  const print = (field: Field, value: string): string => {
    switch (field.kind) {
      case "u64":
        return isHex(field) ? `'"0x' + ${value}.toString(16) + '"'` : `'"' + ${value} + '"'`;
      case "bytes":
        return `'"' + hexOf(${value}) + '"'`;
      case "text":
        return `jsonText(JSON.stringify(trimNuls(${value})))`;
      case "array":
        return `'[' + ${value}.map(x => ${print(field.element!, "x")}).join(',') + ']'`;
      default:
        return value;
    }
  };
  const parts = layout.map(({ name, field }, i) => {
    const key = `${i > 0 ? "," : ""}${JSON.stringify(name)}:`;
    return `${JSON.stringify(key)} + ${print(field, `f[${JSON.stringify(name)}]`)}`;
  });
  return new Function("hexOf", "trimNuls", "jsonText", `return f => ${parts.join(" + ") || '""'};`)(
    hexOf,
    trimNuls,
    jsonText,
  );
}
