import { isStale } from "../codec/field.js";
import type { LayoutField } from "../codec/layout.js";
import type { BoundTable } from "../codec/table.js";
import type { Finding } from "../finding.js";
import type { Item, RecordItem } from "../stream/item.js";
import { staleText, valueText } from "./record-text.js";
import type { Style } from "./style.js";

const ROW = 16;
/** Rows of one field that are shown; of a longer one the first two, and where it ends. */
const ROWS_MOST = 8;
const ROWS_OF_LONG = 2;
/** Bytes of an extent that the view wants at hand. */
export const HEX_PREVIEW = ROWS_MOST * ROW;

/**
 * The four-column view: address, hex, ASCII, and what the bytes are. Every byte of the image stands once, under the
 * field it belongs to and in the column of its address; a long run is cut with `*` and the address it goes up to.
 */
export class HexView {
  private started = false;

  constructor(
    private readonly print: (line: string) => void,
    private readonly style: Style,
  ) {}

  add(item: Item): void {
    this.heading();
    switch (item.kind) {
      case "record":
        this.addRecord(item);
        break;
      case "raw":
        this.run(item.offset, item.length, item.bytes, `${this.style.name(item.path)}  ${item.block.doc}`);
        break;
      case "unknown":
      case "gap":
        this.run(item.offset, item.length, item.bytes, this.style.error(item.path));
        break;
    }
  }

  finding({ message, offset, path }: Finding, isDamage: boolean): void {
    this.heading();
    const text = `${isDamage ? "error" : "note"}: ${message} (${path} at 0x${offset.toString(16)})`;
    const blank = " ".repeat(10);
    this.print(
      `${blank}|${" ".repeat(3 * ROW - 1)}|${" ".repeat(ROW)}| ${isDamage ? this.style.error(text) : this.style.note(text)}`,
    );
  }

  flush(): void {}

  private heading(): void {
    if (this.started) return;
    this.started = true;
    const digits = Array.from({ length: ROW }, (_, i) => i.toString(16).padStart(2, "0"));
    const ascii = Array.from({ length: ROW }, (_, i) => i.toString(16)).join("");
    this.print(this.style.dim(`${" ".repeat(10)}|${digits.join(" ")}|${ascii}|`));
  }

  private addRecord(item: RecordItem): void {
    const { style } = this;
    const { fields } = item;
    const table: BoundTable = item.table;
    const { header } = item.image.dialect.framing;
    for (const member of header.layout) {
      const title = member.offset === 0 ? `${style.name(item.path)} ${item.name}  ` : "  ";
      this.field(item, member.offset, member.size, `${title}${member.name} ${item.header[member.name]}`);
    }
    let end = header.size;
    for (const member of table.layout) {
      const value = fields[member.name];
      if (value === undefined) continue;
      const size = member.field.rest ? item.length - header.size - member.offset : member.size;
      end = header.size + member.offset + size;
      this.field(item, header.size + member.offset, size, `  ${this.fieldText(member, value, fields)}`);
    }
    if (end < item.length) this.field(item, end, item.length - end, style.error("  not a whole field"));
  }

  private fieldText(member: LayoutField, value: unknown, fields: object): string {
    const { style } = this;
    if (isStale(member.field, fields)) return style.dim(`${member.name} (${staleText(member)})`);
    if (value instanceof Uint8Array) return `${style.name(member.name)} ${member.field.doc}`;
    return `${style.name(member.name)} ${valueText(member, value, style)}`;
  }

  private field(item: RecordItem, at: number, size: number, text: string): void {
    this.run(item.offset + at, size, item.bytes.subarray(at, at + size), text);
  }

  /** `length` bytes at `offset`, of which the first are at hand in `bytes`. */
  private run(offset: number, length: number, bytes: Uint8Array, text: string): void {
    const end = offset + length;
    const rows = Math.ceil((end - floor(offset)) / ROW);
    const shown = rows > ROWS_MOST ? ROWS_OF_LONG : rows;
    let at = offset;
    for (let row = 0; row < shown; row++) {
      const stop = Math.min(floor(at) + ROW, end, offset + bytes.length);
      if (stop <= at) break;
      this.row(at, bytes.subarray(at - offset, stop - offset), row === 0 ? text : "");
      at = stop;
    }
    if (at === offset && length > 0)
      this.print(`${this.address(offset)}|${"*".padEnd(3 * ROW - 1)}|${" ".repeat(ROW)}| ${text}`);
    if (at < end) {
      const until = `*  until 0x${(end - 1).toString(16)} (${length})`;
      this.print(`${" ".repeat(10)}|${until.padEnd(3 * ROW - 1)}|${" ".repeat(ROW)}|`);
    }
  }

  private row(at: number, bytes: Uint8Array, text: string): void {
    const before = at % ROW;
    let hex = "   ".repeat(before);
    let ascii = " ".repeat(before);
    for (const byte of bytes) {
      hex += `${byte.toString(16).padStart(2, "0")} `;
      ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
    }
    this.print(
      `${this.address(at)}|${hex.slice(0, 3 * ROW - 1).padEnd(3 * ROW - 1)}|${ascii.padEnd(ROW)}| ${text}`.trimEnd(),
    );
  }

  private address(at: number): string {
    return this.style.dim(`0x${at.toString(16).padStart(8, "0")}`);
  }
}

function floor(offset: number): number {
  return offset - (offset % ROW);
}
