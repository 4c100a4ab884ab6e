/** A row of the hex view, read back: `0x00000012|      06 00 ...|  ..  | minor 6`. */
export interface HexRow {
  readonly offset: number;
  readonly bytes: readonly number[];
  readonly ascii: string;
  readonly text: string;
}

/** A run that was cut: the bytes up to `last` are left out. */
export interface HexCut {
  readonly last: number;
  /** Bytes of the whole run. */
  readonly length: number;
}

const HEX = { from: 11, to: 58 };
const ASCII = { from: 59, to: 75 };

/** Reads a line of the hex view; undefined for a line that shows no bytes. Throws if the columns do not fit. */
export function readHexLine(line: string): HexRow | HexCut | undefined {
  const hex = line.slice(HEX.from, HEX.to);
  const cut = /^\* {2}until 0x([0-9a-f]+) \((\d+)\) *$/.exec(hex);
  if (cut !== null) return { last: Number.parseInt(cut[1]!, 16), length: Number(cut[2]) };
  const address = /^0x([0-9a-f]{8,})\|/.exec(line);
  if (address === null) return undefined;
  const offset = Number.parseInt(address[1]!, 16);
  const cells = Array.from({ length: 16 }, (_, i) => hex.slice(3 * i, 3 * i + 3).trim());
  const filled = cells.flatMap((cell, i) => (cell === "" ? [] : [i]));
  const first = filled[0] ?? -1;
  if (first !== offset % 16 || filled.some((column, i) => column !== first + i)) {
    throw new Error(`the bytes do not stand under their address: ${line}`);
  }
  return {
    offset,
    bytes: filled.map(i => Number.parseInt(cells[i]!, 16)),
    ascii: line.slice(ASCII.from, ASCII.to).slice(first, first + filled.length),
    text: line.slice(ASCII.to + 2),
  };
}
