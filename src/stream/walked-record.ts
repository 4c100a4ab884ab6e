import type { Decode } from "../codec/layout.js";
import type { Table } from "../codec/table.js";
import { header, type RecordName } from "../formats/cr/records.js";
import type { Window } from "../source/window.js";
import type { ImageStart } from "./item.js";
import type { Path } from "./path.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A record item. Views, text and the path are made when they are asked for: whoever walks millions of records wants
 * few of them of each.
 */
export class WalkedRecord {
  readonly kind = "record";
  private readonly view: DataView;
  private readonly at: number;
  private whole: Uint8Array | undefined;

  constructor(
    readonly image: ImageStart,
    readonly offset: number,
    readonly length: number,
    readonly type: number,
    readonly name: RecordName,
    readonly parent: number,
    readonly len: number,
    readonly table: Table,
    readonly pages: number,
    private readonly place: Path,
    private decoded: Fields | undefined,
    { view, start }: Window,
  ) {
    this.view = view;
    this.at = offset - start;
  }

  get path(): string {
    return this.place.text;
  }

  get bytes(): Uint8Array {
    this.whole ??= this.cut(0, this.length);
    return this.whole;
  }

  get fields(): Fields {
    if (this.decoded === undefined) {
      const { image, table, view, at, length } = this;
      const decode = table.decoder(image.dialect.order) as Decode<Fields>;
      this.decoded = decode(view, at + header.size, length - header.size);
    }
    return this.decoded;
  }

  get excess(): Uint8Array | undefined {
    const { table, length } = this;
    const known = header.size + table.size;
    return table.variable || length <= known ? undefined : this.cut(known, length - known);
  }

  /** What `console.log` shows: the members, and not how they are kept. */
  [Symbol.for("nodejs.util.inspect.custom")](): object {
    const { kind, offset, length, path, image, type, name, parent, len, fields, excess, pages, bytes } = this;
    return { kind, offset, length, path, image, type, name, parent, len, fields, excess, pages, bytes };
  }

  private cut(from: number, length: number): Uint8Array {
    const { buffer, byteOffset } = this.view;
    return new Uint8Array(buffer, byteOffset + this.at + from, length);
  }
}
