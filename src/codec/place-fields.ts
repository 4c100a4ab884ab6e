import type { Abi } from "./abi.js";
import type { AbiField, DeclaredField, Field } from "./field.js";
import type { LayoutField } from "./layout.js";

/** True for a field whose size only the abi tells. */
export function needsAbi(field: DeclaredField): field is AbiField {
  return field.size === undefined;
}

/** The fields one after the other from offset 0, where a C `long` has `word` bytes. */
export function placeFields(
  fields: Readonly<Record<string, DeclaredField>>,
  word: Abi["word"],
): readonly LayoutField[] {
  let end = 0;
  return Object.entries(fields).map(([name, declared]) => {
    const field = fieldAt(declared, word);
    const { size } = field;
    const offset = end;
    end += size;
    return { name, ctype: cType(field), offset, size, field };
  });
}

/** A long becomes the integer that it is in images of this word size; other fields are what they are. */
function fieldAt(declared: DeclaredField, word: Abi["word"]): Field {
  if (!needsAbi(declared)) return declared;
  if (declared.kind === "array") {
    const element = fieldAt(declared.element!, word);
    const { count, doc } = declared as Required<AbiField>;
    return { kind: "array", size: element.size * count, rest: false, doc, element, count };
  }
  const { size: _, element: __, value: ___, ...said } = declared;
  return { c: "unsigned long", ...said, kind: word === 4 ? "u32" : "u64", size: word };
}

function cType(field: Field): string {
  if (field.c !== undefined) return field.c;
  switch (field.kind) {
    case "pad":
      return "pad";
    case "text":
      return field.rest ? "char[]" : `char[${field.size}]`;
    case "bytes":
      return field.rest ? "__u8[]" : `__u8[${field.size}]`;
    case "array":
      return `${cType(field.element!)}[${field.count}]`;
    default:
      return `__${field.kind}`;
  }
}
