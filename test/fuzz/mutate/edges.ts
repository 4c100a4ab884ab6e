/** Where numbers of 16, 32 and 64 bits, signed and not, end. */
export const edges: readonly bigint[] = [
  [0n, 1n, 2n, 3n, 7n, 8n, 127n, 128n, 255n, 256n, 512n, 576n, 4095n, 4096n],
  [0x7fffn, 0x8000n, 0xffffn, 0x10000n],
  [2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n],
  [2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
].flat();
