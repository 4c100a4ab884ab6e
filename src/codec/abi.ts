/** Byte order of the integers of an image. */
export type ByteOrder = "little" | "big";

/**
 * What the writing machine decides, once per image: byte order, word size, page size, architecture. A property of the
 * image, never of a table; a table that holds longs is laid out anew for each word size.
 */
export interface Abi {
  /** Of every integer, but for fields that have an order of their own. */
  readonly order: ByteOrder;
  /** Bytes of a C `long`, and of a pointer. */
  readonly word: 4 | 8;
  /** Bytes of a page of memory. */
  readonly page: number;
  /** The architecture, e.g. `i386`. No layout depends on it. */
  readonly arch: string;
}

/** True if both are the same machine as far as an image can tell. */
export function isSameAbi(one: Abi, other: Abi): boolean {
  const { order, word, page, arch } = one;
  return order === other.order && word === other.word && page === other.page && arch === other.arch;
}
