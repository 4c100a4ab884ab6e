import { CrimgError } from "../errors.js";
import { header } from "../formats/cr/records.js";
import type { Extent } from "../source/extent.js";
import type { Dialect } from "../stream/dialect.js";
import { encodeRecord } from "../stream/encode-record.js";
import type { Body, Piece, PlainPiece, RecordPiece } from "./piece.js";
import type { Report } from "./report.js";

/** What to write next: bytes, or a stretch of the source. */
export type PlanStep = { readonly bytes: Uint8Array } | { readonly copy: Extent };

/** Bytes are handed out in steps of about this many. */
const CHUNK = 64 * 1024;

/** The steps of a conversion as they come up: neighbours are joined, so that there are few and large ones. */
export class Plan {
  private ready: PlanStep[] = [];
  private chunk = new Uint8Array(CHUNK);
  /** What of the chunk is handed out already, and what is filled. */
  private given = 0;
  private used = 0;
  private copying: Extent | undefined;

  /** The steps that nothing can join any more. */
  take(): readonly PlanStep[] {
    if (this.ready.length === 0) return none;
    const steps = this.ready;
    this.ready = [];
    return steps;
  }

  /** All that is left. */
  finish(): readonly PlanStep[] {
    this.flush();
    return this.take();
  }

  add(body: Body): void {
    if (body instanceof Uint8Array) this.room(body.length).set(body);
    else this.copy(body);
  }

  /** Room for bytes, to be filled before anything else is added. */
  room(length: number): Uint8Array {
    if (this.copying !== undefined) this.flush();
    if (this.used + length > this.chunk.length) {
      this.flush();
      this.chunk = new Uint8Array(Math.max(CHUNK, length));
      this.given = 0;
      this.used = 0;
    }
    this.used += length;
    return this.chunk.subarray(this.used - length, this.used);
  }

  private copy({ offset, length }: Extent): void {
    if (length === 0) return;
    const { copying } = this;
    if (copying !== undefined && copying.offset + copying.length === offset) {
      this.copying = { offset: copying.offset, length: copying.length + length };
      return;
    }
    this.flush();
    this.copying = { offset, length };
  }

  private flush(): void {
    if (this.copying !== undefined) this.ready.push({ copy: this.copying });
    this.copying = undefined;
    if (this.used === this.given) return;
    this.ready.push({ bytes: this.chunk.subarray(this.given, this.used) });
    this.given = this.used;
  }
}

const none: readonly PlanStep[] = [];

/** The end of a conversion: pieces as bytes of the target dialect. What nobody touched keeps its bytes. */
export function planner(plan: Plan, from: Dialect, to: Dialect, report: Report): (piece: Piece) => void {
  const encodeHeader = header.encoder(to.abi.order);
  const renumbered = (piece: RecordPiece, now: number) => {
    const old = from.types[piece.name];
    if (old === undefined || old === now) return;
    report.fold({
      kind: "renumbered",
      path: piece.path,
      record: piece.name,
      field: "type",
      old: String(old),
      new: String(now),
      why: `record numbers of ${to.name}`,
    });
  };
  return piece => {
    if (piece.kind !== "record") {
      if (piece.kind === "plain" && from !== to) refuseTaken(piece, to);
      plan.add(piece.body);
      return;
    }
    const { name, parent, stored } = piece;
    const type = to.types[name]!;
    renumbered(piece, type);
    if (stored === undefined) {
      plan.add(encodeRecord(to, name, piece.fields, { header: { parent } }));
      return;
    }
    const bytes = plan.room(stored.length);
    bytes.set(stored);
    if (type === from.types[name]) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, header.size);
    encodeHeader(view, 0, { type, len: stored.length - header.size, parent });
  };
}

/** An unknown record is passed on as it is, unless its number means something else there. */
function refuseTaken({ type, path, body }: PlainPiece, to: Dialect): void {
  const name = type === undefined ? undefined : to.byType(type)?.name;
  if (name === undefined) return;
  const position = body instanceof Uint8Array ? { path } : { path, offset: body.offset };
  throw new CrimgError(
    "refused",
    `an unknown record has the number ${type}, which is ${name} in ${to.name}`,
    position,
  );
}
