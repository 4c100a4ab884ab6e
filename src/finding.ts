/** `error`: certainly wrong. `warning`: suspicious. `note`: worth knowing. */
export type Severity = "error" | "warning" | "note";

/** One thing that a sound image keeps to. */
export interface Rule {
  /** As in `Finding.rule`: `vma-overlap`. */
  readonly id: string;
  /** `structure`: the bytes. `references`: numbers that stand for something elsewhere. `sense`: what the numbers say. */
  readonly group: "structure" | "references" | "sense";
  readonly severity: Severity;
  /** What a finding of it says, in general. */
  readonly title: string;
  /** Why it matters. */
  readonly why: string;
  /** The kernel function or the part of the format behind it. */
  readonly source: string;
}

/** One thing that there is to say about an image. */
export interface Finding {
  /** The id of its rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** Bytes from the start of the file: of the field, where it is about one. */
  readonly offset: number;
  /** The place in the grammar: of the record or raw block. */
  readonly path: string;
  /** What is wrong, with the numbers. Names are as in the image: see `escapeText` before a terminal gets to see them. */
  readonly message: string;
  /** What mends it. */
  readonly hint?: string;
}
