import type { Abi } from "./abi.js";
import { type Amount, type Condition, type Node, type RawBlock, strideOf } from "./grammar.js";

/** A grammar in words, a line each, indented by nesting; sizes are those in images of an abi. */
export function grammarLines(node: Node, abi: Abi, indent = ""): string[] {
  const deeper = `${indent}  `;
  switch (node.kind) {
    case "record":
      return [indent + node.record, ...node.raw.map(block => `${deeper}+ ${rawText(block, abi)}`)];
    case "sequence":
      return node.parts.flatMap(part => grammarLines(part, abi, indent));
    case "optional": {
      const why = [node.when && `if ${conditionText(node.when)}`, node.note].filter(Boolean).join(", ");
      return [`${indent}optional${why === "" ? "" : ` (${why})`}`, ...grammarLines(node.body, abi, deeper)];
    }
    case "choice":
      return [`${indent}one of`, ...node.options.flatMap(option => grammarLines(option, abi, deeper))];
    case "group":
      return [`${indent}${node.name}`, ...grammarLines(node.body, abi, deeper)];
    case "repeat": {
      const times =
        node.until === undefined
          ? node.count === 1
            ? "once"
            : `${amountText(node.count!)} times`
          : `until ${conditionText(node.until)}`;
      return [`${indent}${node.body.name}[] ${times}`, ...grammarLines(node.body.body, abi, deeper)];
    }
  }
}

/** A raw block in words: name, size, condition and meaning. */
export function rawText(block: RawBlock, abi: Abi): string {
  const { name, doc, count, when } = block;
  const stride = strideOf(block, abi);
  const size =
    stride === 1 ? `${amountText(count)} bytes` : `${amountText(count)} x ${amountText(stride)} bytes`;
  return `${name}: ${size}${when === undefined ? "" : ` if ${conditionText(when)}`} (${doc})`;
}

function amountText(amount: Amount): string {
  return String(amount);
}

/** A condition in words: `VMA.vma_type = 2`. */
export function conditionText({ field, is, value }: Condition): string {
  return `${field} ${is} ${value}`;
}
