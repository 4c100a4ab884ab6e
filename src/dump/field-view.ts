import { isStale } from "../codec/field.js";
import type { BoundTable } from "../codec/table.js";
import type { Finding } from "../finding.js";
import { formatOf } from "../formats/format.js";
import type { Fact } from "../model/fact.js";
import { elements, type Item, type RawItem, type RecordItem } from "../stream/item.js";
import { fpuLines } from "./fpu-view.js";
import { headerText, settledBlock, staleText, valueText } from "./record-text.js";
import { segmentLines } from "./segment-view.js";
import type { Style } from "./style.js";

/** Elements of a raw block that are listed; more are counted. */
const ELEMENTS_SHOWN = 64;

/** Renders items one by one with every field of theirs: what `--only` shows. */
export class FieldView {
  constructor(
    private readonly print: (line: string) => void,
    private readonly style: Style,
  ) {}

  add(item: Item): void {
    const { style } = this;
    const place = style.dim(`0x${item.offset.toString(16).padStart(8, "0")}`);
    switch (item.kind) {
      case "record":
        this.print(`${place} ${style.name(item.name)} ${item.path}  ${headerText(item.header)}`);
        this.addFields(item);
        break;
      case "raw":
        this.print(`${place} ${style.name(item.name)} ${item.path}  ${item.length} bytes, ${item.block.doc}`);
        this.addElements(item);
        break;
      default:
        this.print(`${place} ${style.error(item.kind)} ${item.path}  ${item.length} bytes`);
    }
  }

  finding({ message, path, offset }: Finding, isDamage: boolean): void {
    const text = `${isDamage ? "error" : "note"}: ${message} (${path} at 0x${offset.toString(16)})`;
    this.print(isDamage ? this.style.error(text) : this.style.note(text));
  }

  flush(): void {}

  private addFields(item: RecordItem): void {
    const { style } = this;
    const { fields } = item;
    const table: BoundTable = item.table;
    const width = Math.max(...table.layout.map(({ name }) => name.length));
    for (const member of table.layout) {
      const value = fields[member.name];
      if (value === undefined) continue;
      const text = valueText(member, value, style);
      const line = `           ${style.name(member.name.padEnd(width))} ${text}`;
      this.print(isStale(member.field, fields) ? style.dim(`${line} (${staleText(member)})`) : line);
    }
    const settled = settledBlock(item.image.dialect, item.name);
    if (settled !== undefined)
      this.print(`           ${style.name(settled.padEnd(width))} ${item.counts.at(-1) ?? 0} follow`);
    if (item.excess !== undefined)
      this.print(style.error(`           ${item.excess.length} bytes behind the struct`));
  }

  private addElements(item: RawItem): void {
    const indent = "           ";
    const { element } = item.block;
    if (item.block.content === "x86-fpu") {
      const lines = fpuLines(factOf(item, "fpu") ?? item, item.image.abi.order, this.style);
      for (const line of lines) this.print(indent + line);
    }
    const segments = factOf(item, "segments");
    if (segments !== undefined) {
      for (const line of segmentLines(segments, this.style)) this.print(indent + line);
    } else if (element !== undefined) {
      const values = elements<Record<string, unknown>>(item);
      for (const value of values.slice(0, ELEMENTS_SHOWN)) {
        this.print(
          indent +
            element.layout
              .map(
                member =>
                  `${this.style.name(member.name)} ${valueText(member, value[member.name], this.style)}`,
              )
              .join("  "),
        );
      }
      if (values.length > ELEMENTS_SHOWN)
        this.print(`${indent}and ${values.length - ELEMENTS_SHOWN} more: see --jsonl`);
    }
  }
}

/** What the format says of one item alone. */
function factOf<K extends Fact["kind"]>(item: RawItem, kind: K): Extract<Fact, { kind: K }> | undefined {
  let found: Fact | undefined;
  formatOf(item.image)
    .facts(item.image)
    .add(item, fact => {
      if (fact.kind === kind) found = fact;
    });
  return found as Extract<Fact, { kind: K }> | undefined;
}
