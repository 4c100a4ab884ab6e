/**
 * Bytes read at once: small after a jump, doubled while reading goes on. With more, V8 takes windows for lasting and lets
 * 60 MB of them pile up (1,000,000 areas: verify 134 MB at 256 KiB, 72 MB at 32 KiB, in the same time).
 */
export const READ_FIRST = 8 * 1024;
export const READ_MOST = 32 * 1024;
