import type { Field } from "./field.js";
import { hexOf, isHex } from "./hex.js";
import { jsonText } from "./json-text.js";
import type { LayoutField } from "./layout.js";
import { trimNuls } from "./text.js";

/** What compile-json.ts makes of a layout, without making code: a loop over its fields. */
export function interpretJson(layout: readonly LayoutField[]): (values: Record<string, unknown>) => string {
  const members = layout.map(({ name, field }, i) => ({
    name,
    key: `${i > 0 ? "," : ""}${JSON.stringify(name)}:`,
    print: printer(field),
  }));
  return values => {
    let text = "";
    for (const { name, key, print } of members) text += key + print(values[name]);
    return text;
  };
}

function printer(field: Field): (value: unknown) => unknown {
  switch (field.kind) {
    case "u64": {
      const hex = isHex(field);
      return value => (hex ? `"0x${(value as bigint).toString(16)}"` : `"${value}"`);
    }
    case "bytes":
      return value => `"${hexOf(value as Uint8Array)}"`;
    case "text":
      return value => jsonText(JSON.stringify(trimNuls(value as string)));
    case "array": {
      const print = printer(field.element!);
      return value => `[${(value as unknown[]).map(print).join(",")}]`;
    }
    default:
      return value => value;
  }
}
