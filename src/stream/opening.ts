import type { Window } from "../source/window.js";
import { LOOKAHEAD } from "./limits.js";

const nothing: Uint8Array = new Uint8Array(0);

/** The first bytes of a long stretch: the window may move on before the stretch is yielded. */
export class Opening {
  private offset = -1;
  private kept: Uint8Array = nothing;

  constructor(private readonly window: Window) {}

  /** Remembers the bytes at hand from `offset` on, once. */
  keep(offset: number): void {
    const { window } = this;
    if (this.offset === offset || offset < window.start) return;
    this.offset = offset;
    this.kept = window.slice(offset, Math.min(window.available(offset), LOOKAHEAD));
  }

  /** True if those of this stretch are remembered. */
  isOf(offset: number): boolean {
    return this.offset === offset;
  }

  /** As many of the first bytes of a stretch as are, or were, at hand. */
  bytes(offset: number, length: number): Uint8Array {
    const { window } = this;
    if (offset >= window.start) return window.slice(offset, Math.min(length, window.available(offset)));
    return this.offset === offset ? this.kept.subarray(0, length) : nothing;
  }
}
