import type { ByteOrder } from "./field.js";

/** What the writing machine decides, once per image. */
export interface Abi {
  readonly order: ByteOrder;
  /** Bytes of a C `long`. */
  readonly word: 4 | 8;
  /** Bytes of a page. */
  readonly page: number;
  /** As the kernel calls it: `i386`. */
  readonly arch: string;
}
