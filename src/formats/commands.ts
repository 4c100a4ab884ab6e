/** What a format adds to the command line: options, and what help says of them. */
export interface FormatCommands {
  readonly dump?: { readonly examples: readonly Example[] };
  readonly formats?: { readonly examples: readonly Example[] };
  readonly encode?: {
    /** Continues "With --fix-counts these follow from what is there: len of each record, ...". */
    readonly fixCounts: string;
  };
  readonly convert?: ConvertCommand;
}

/** A command as it may be typed, and what it is for. */
export interface Example {
  readonly command: string;
  readonly what: string;
}

/** What a format adds to `crimg convert`. */
export interface ConvertCommand {
  /** In the order of the help. */
  readonly options: readonly ConvertOption[];
  readonly examples: readonly Example[];
}

/** An option of the command line. */
export type ConvertOption = {
  /** As it is typed, without the dashes: `fd`. */
  readonly flag: string;
  /** The member of the format's `ConvertOptions` that it sets: `fds`. */
  readonly member: string;
  readonly describe: string;
} & (
  | { readonly takes: "text" | "whole number" }
  | { readonly takes: "choice"; readonly of: readonly (string | number)[]; readonly default?: string }
  /** Several names with commas between them; `all`. */
  | { readonly takes: "names"; readonly of: readonly string[] }
  /** Can be given several times. `parse` throws `usage` for what it cannot read. */
  | { readonly takes: "several"; readonly parse: (text: string) => unknown }
);
