/** How the parts of a view look. Each takes text and gives it back, coloured or not. */
export interface Style {
  /** Names of records and fields. */
  name(text: string): string;
  /** Offsets, and what is not data: padding, leftovers. */
  dim(text: string): string;
  /** What a value means. */
  symbol(text: string): string;
  error(text: string): string;
  note(text: string): string;
}

const same = (text: string) => text;

export const plain: Style = { name: same, dim: same, symbol: same, error: same, note: same };
