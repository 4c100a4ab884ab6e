/** `error`: certainly wrong. `warning`: suspicious. `note`: worth knowing. */
export type Severity = "error" | "warning" | "note";

/** One thing that a sound image keeps to. Declared beside the check that looks for it. */
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

/** Declares a rule: `const overlap = rule("vma-overlap", { group: "sense", severity: "error", ... })`. */
export function rule(id: string, text: Omit<Rule, "id">): Rule {
  return { id, ...text };
}

/** A rule in other words: where a format can say what it means for its own images. What is found stays as severe. */
export function reworded(general: Rule, words: Pick<Rule, "title" | "why" | "source">): Rule {
  return { ...general, ...words };
}

/** Where a finding stands. */
export interface Place {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** The place in the grammar: of the record or raw block. */
  readonly path: string;
}

/** One thing that there is to say about an image. */
export interface Finding extends Place {
  /** The id of its rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, with the numbers. Names are as in the image: see `escapeText` before a terminal gets to see them. */
  readonly message: string;
  /** What mends it. */
  readonly hint?: string;
}

/** Reports a finding. */
export type Say = (rule: Rule, place: Place, message: string, hint?: string) => void;

/** A finding of a rule. */
export function findingOf(
  { id, severity }: Rule,
  { offset, path }: Place,
  message: string,
  hint?: string,
): Finding {
  return { rule: id, severity, offset, path, message, ...(hint === undefined ? {} : { hint }) };
}
