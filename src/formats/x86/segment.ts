/** What a segment descriptor of the TLS array or the LDT says. */
export interface Segment {
  readonly base: number;
  /** Largest offset in units of bytes or, if `pages`, of 4 KiB. */
  readonly limit: number;
  readonly pages: boolean;
  /** Descriptor privilege level. */
  readonly dpl: number;
  readonly present: boolean;
  /** The type bits in words: `data RW accessed`. */
  readonly type: string;
  readonly bits: 16 | 32 | 64;
  /** The bit left to the system; Linux's `useable`. */
  readonly available: boolean;
}

/** Takes a descriptor apart (Intel SDM vol. 3, 3.4.5). `desc` is its 8 bytes as one number; 0 is an empty entry. */
export function segmentOf(desc: bigint): Segment {
  const low = Number(desc & 0xffffffffn);
  const high = Number(desc >> 32n);
  const type = (high >>> 8) & 0xf;
  const isSystem = (high & 0x1000) === 0;
  return {
    base: ((high & 0xff000000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0,
    limit: (high & 0xf0000) | (low & 0xffff),
    pages: (high & 0x800000) !== 0,
    dpl: (high >>> 13) & 3,
    present: (high & 0x8000) !== 0,
    type: isSystem ? `system ${type}` : type & 8 ? codeType(type) : dataType(type),
    bits: high & 0x200000 ? 64 : high & 0x400000 ? 32 : 16,
    available: (high & 0x100000) !== 0,
  };
}

function codeType(type: number): string {
  return `code ${type & 2 ? "RX" : "X"}${type & 4 ? " conforming" : ""}${type & 1 ? " accessed" : ""}`;
}

function dataType(type: number): string {
  return `data ${type & 2 ? "RW" : "R"}${type & 4 ? " expand-down" : ""}${type & 1 ? " accessed" : ""}`;
}
