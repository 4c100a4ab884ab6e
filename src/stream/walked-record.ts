import type { Decode } from "../codec/layout.js";
import type { BoundTable } from "../codec/table.js";
import type { Window } from "../source/window.js";
import type { Fields, Header, ImageStart, RecordItem } from "./item.js";
import type { Path } from "./path.js";

/**
 * A record item. Views, text and the path are made when they are asked for: whoever walks millions of records wants
 * few of them of each.
 */
export class WalkedRecord implements RecordItem {
  readonly kind = "record" as const;
  private readonly view: DataView;
  private readonly at: number;
  private whole: Uint8Array | undefined;

  constructor(
    readonly image: ImageStart,
    readonly offset: number,
    readonly length: number,
    readonly header: Header,
    readonly name: string,
    readonly table: BoundTable,
    readonly counts: readonly number[],
    private readonly place: Path,
    private decoded: Fields | undefined,
    { view, start }: Window,
    private readonly headerSize: number,
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
      const { table, view, at, length, headerSize } = this;
      this.decoded = (table.decode as Decode<Fields>)(view, at + headerSize, length - headerSize);
    }
    return this.decoded;
  }

  get excess(): Uint8Array | undefined {
    const { table, length } = this;
    const known = this.headerSize + table.size;
    return table.variable || length <= known ? undefined : this.cut(known, length - known);
  }

  /** What `console.log` shows: the members, and not how they are kept. */
  [Symbol.for("nodejs.util.inspect.custom")](): object {
    const { kind, offset, length, path, image, header, name, fields, excess, counts, bytes } = this;
    return { kind, offset, length, path, image, header, name, fields, excess, counts, bytes };
  }

  private cut(from: number, length: number): Uint8Array {
    const { buffer, byteOffset } = this.view;
    return new Uint8Array(buffer, byteOffset + this.at + from, length);
  }
}
