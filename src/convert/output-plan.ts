import type { PieceBody } from "../formats/convert-piece.js";
import type { Extent } from "../source/extent.js";

/** What to write next: bytes, or a stretch of the source. */
export type PlanStep = { readonly bytes: Uint8Array } | { readonly copy: Extent };

/** Bytes are handed out in steps of about this many. */
const CHUNK = 64 * 1024;

/** The steps of a conversion as they come up: neighbours are joined, so that there are few and large ones. */
export class OutputPlan {
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

  add(body: PieceBody): void {
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
