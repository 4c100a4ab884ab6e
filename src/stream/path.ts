import type { RepeatNode } from "../codec/grammar.js";

/** The place of a record, or of a group of them, as a link of its path: made into text when someone asks for it. */
export class Path {
  private said: string | undefined;

  constructor(
    private readonly around: Path | undefined,
    private readonly name: string,
    /** Set for a group that repeats. */
    readonly repeat?: RepeatNode,
    /** Which round of the repetition this is, counted from 1. */
    readonly round = 0,
  ) {}

  /** `task[0].mm.vma[3]` */
  get text(): string {
    if (this.said === undefined) {
      const { around, name, repeat, round } = this;
      const own = repeat === undefined ? name : `${name}[${round - 1}]`;
      this.said = around === undefined ? own : `${around.text}.${own}`;
    }
    return this.said;
  }
}
