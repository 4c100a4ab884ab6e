import type { JsonSchema } from "../codec/schema.js";
import type { BoundTable } from "../codec/table.js";
import { CrimgError } from "../errors.js";
import type { RecordSpec } from "../stream/dialect.js";
import type { StreamFormat } from "../stream/stream-format.js";
import { fromBase64 } from "./base64.js";
import { ByteBuffer } from "./byte-buffer.js";
import { fieldValues, valueOfJson } from "./field-values.js";
import { otherMembers } from "./header-members.js";
import { bytesOfHex } from "./hex.js";
import { type ImageContext, imageContext } from "./image-context.js";
import { errorInLine, type JsonObject, LINES_FORMAT, LINES_VERSION, lineError, valueText } from "./line.js";
import type { LineCheck } from "./line-check.js";
import type { LineCounts } from "./line-counts.js";
import { gapDefinition, headDefinition, imageDefinition, unknownDefinition } from "./line-definitions.js";
import { isBlankLine, parseLine } from "./parse-line.js";
import { recordPayload } from "./record-payload.js";

/** Makes the bytes of one line after the other. `counts` has what counts shall be; without it, what the lines say. */
export class LineEncoder {
  readonly made = new ByteBuffer();
  private readonly imageDefinition: JsonSchema;
  private hasHead = false;
  private image: ImageContext | undefined;

  constructor(
    private readonly formats: readonly StreamFormat[],
    private readonly check: LineCheck,
    private readonly counts: LineCounts | undefined,
  ) {
    this.imageDefinition = imageDefinition(formats);
  }

  /** Takes a line, and gives the number of bytes that follow it from the file with the page contents. */
  add(text: string, number: number): number {
    if (isBlankLine(text)) return 0;
    const line = parseLine(text, number);
    if (!this.hasHead) {
      this.head(line, number);
      return 0;
    }
    switch (line["kind"]) {
      case "head":
        throw lineError(number, "/kind", "a second head line: only the first line of a file is one");
      case "image":
        this.check(this.imageDefinition, line, number);
        this.image = imageContext(this.formats, line, number);
        return 0;
      case "record":
        this.record(line, number);
        return 0;
      case "raw":
        return this.raw(line, number);
      case "unknown":
        this.unknown(line, number);
        return 0;
      case "gap":
        this.check(gapDefinition, line, number);
        this.hex(line, number);
        return 0;
      default: {
        const kinds = '"image", "record", "raw", "unknown" or "gap"';
        throw lineError(number, "/kind", `expected ${kinds}, found ${valueText(line["kind"])}`);
      }
    }
  }

  /** To be called after the last line. */
  end(): void {
    if (!this.hasHead)
      throw new CrimgError("malformed", "there are no lines: the first one is the head line");
  }

  private head(line: JsonObject, number: number): void {
    const { kind, format, version } = line;
    if (kind !== "head") {
      throw lineError(number, "/kind", `expected the head line ("kind":"head"), found ${valueText(kind)}`);
    }
    if (format === LINES_FORMAT && typeof version === "number" && version !== LINES_VERSION) {
      throw lineError(number, "/version", `version ${version} is not known, only version ${LINES_VERSION}`);
    }
    this.check(headDefinition, line, number);
    this.hasHead = true;
  }

  private record(line: JsonObject, number: number): void {
    const { dialect, records, definitions } = this.imageOf(line, number);
    const { name } = line;
    const spec = typeof name === "string" ? records.byName(name) : undefined;
    if (spec === undefined) {
      throw lineError(
        number,
        "/name",
        `expected a record of ${dialect.name} (see crimg formats), found ${valueText(name)}`,
      );
    }
    const table = tableFor(spec, line);
    this.check(definitions.record(spec.name, table, line["short"] !== undefined), line, number);

    const fields = line["fields"] as JsonObject;
    const values = fieldValues(table, fields, number);
    if (this.counts?.fix(dialect, spec.name, fields, values) === false) return;
    const len = this.lenOf(line);
    const told = len === undefined ? undefined : dialect.framing.payload(len);
    const payload = recordPayload(table, line, values, told, number);
    const at = this.header(spec.type, line, len, payload.length, number);
    const { made } = this;
    try {
      if (payload.whole < table.size) {
        const struct = new Uint8Array(table.size);
        table.encode(new DataView(struct.buffer), 0, values);
        made.set(struct.subarray(0, payload.whole), at);
      } else table.encode(made.view, at, values);
    } catch (error) {
      // Only counts can be too large by now.
      throw errorInLine(error, number, "/fields");
    }
    made.set(payload.rest, at + payload.whole);
  }

  /** The `len` that a line says, if it is to be believed. */
  private lenOf(line: JsonObject): number | undefined {
    return this.counts === undefined ? (line["len"] as number | undefined) : undefined;
  }

  /** Writes a record's header, and gives the place of its payload, for which there is room behind it. */
  private header(
    type: number,
    line: JsonObject,
    len: number | undefined,
    length: number,
    number: number,
  ): number {
    const { dialect, records } = this.image!;
    const { header, most, len: lenOf } = dialect.framing;
    if (len === undefined && length > most) {
      const message = `a payload has at most ${most} bytes, this one has ${length}`;
      throw lineError(number, "/len", message, "out-of-range");
    }
    const values: Record<string, number> = { type, len: len ?? lenOf(length) };
    for (const name of otherMembers(dialect.framing)) values[name] = line[name] as number;
    const at = this.made.reserve(header.size + length);
    header.at(records.abi).encode(this.made.view, at, values);
    return at + header.size;
  }

  private raw(line: JsonObject, number: number): number {
    const { dialect, records, definitions, blocks } = this.imageOf(line, number);
    const { name } = line;
    const block = blocks.get(name as string);
    if (block === undefined) {
      const known = [...blocks.keys()].join(", ");
      const message = `expected a raw block of ${dialect.name} (${known}), found ${valueText(name)}`;
      throw lineError(number, "/name", message);
    }
    const isBeside = block.extent === true && line["base64"] === undefined && line["length"] !== undefined;
    this.check(definitions.rawBlock(block, records.abi, isBeside), line, number);
    if (isBeside) return line["length"] as number;
    if (block.extent) this.base64(line, number);
    else if (block.element === undefined) this.hex(line, number);
    else this.values(block.element.at(records.abi), line, number);
    return 0;
  }

  private values(element: BoundTable, line: JsonObject, number: number): void {
    const { size, layout, encode } = element;
    const only = layout.length === 1 ? layout[0]! : undefined;
    const values = line["values"] as readonly unknown[];
    const cut = bytesOfHex((line["cut"] as string | undefined) ?? "");
    if (cut.length >= size) {
      throw lineError(number, "/cut", `${cut.length} bytes, but an element has only ${size}`);
    }
    const at = this.made.reserve(values.length * size + cut.length);
    const { view } = this.made;
    for (const [i, value] of values.entries()) {
      const fields =
        only === undefined
          ? fieldValues(element, value as JsonObject, number, `/values/${i}`)
          : { [only.name]: valueOfJson(only.field, value) };
      encode(view, at + i * size, fields as never);
    }
    this.made.set(cut, at + values.length * size);
  }

  private unknown(line: JsonObject, number: number): void {
    const { type } = line;
    if (type === undefined) {
      this.check(unknownDefinition, line, number);
      this.hex(line, number);
      return;
    }
    this.check(this.imageOf(line, number).definitions.unknownRecord, line, number);
    const bytes = decoded(bytesOfHex, line, "bytes", number);
    const at = this.header(type as number, line, this.lenOf(line), bytes.length, number);
    this.made.set(bytes, at);
  }

  private hex(line: JsonObject, number: number): void {
    this.made.append(decoded(bytesOfHex, line, "bytes", number));
  }

  private base64(line: JsonObject, number: number): void {
    this.made.append(decoded(fromBase64, line, "base64", number));
  }

  private imageOf(line: JsonObject, number: number): ImageContext {
    if (this.image !== undefined) return this.image;
    const message = `a ${line["kind"]} line before the first image line ("kind":"image"), which tells its dialect`;
    throw lineError(number, "/kind", message);
  }
}

function decoded(
  decode: (text: string) => Uint8Array,
  line: JsonObject,
  name: string,
  number: number,
): Uint8Array {
  try {
    return decode(line[name] as string);
  } catch (error) {
    throw errorInLine(error, number, `/${name}`);
  }
}

/** Of several layouts of a record the one that these fields come closest to; a short one is of the first. */
function tableFor({ tables }: RecordSpec, line: JsonObject): BoundTable {
  const [first, ...others] = tables as readonly [BoundTable, ...BoundTable[]];
  const fields = line["fields"];
  if (others.length === 0 || line["short"] !== undefined || typeof fields !== "object" || fields === null) {
    return first;
  }
  return others.reduce(
    (best, table) =>
      misfits(table, fields as JsonObject) < misfits(best, fields as JsonObject) ? table : best,
    first,
  );
}

function misfits(table: BoundTable, fields: JsonObject): number {
  const isMisfit = (name: string, size: number, isBytes: boolean) => {
    const value = fields[name];
    return value === undefined || (isBytes && !(typeof value === "string" && value.length === 2 * size));
  };
  const own = table.layout.filter(({ name, size, field }) => isMisfit(name, size, field.kind === "bytes"));
  return own.length + Object.keys(fields).filter(name => table.fields[name] === undefined).length;
}
