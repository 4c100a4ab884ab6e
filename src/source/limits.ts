/**
 * What the walk takes on, whatever an image says. Nothing is allocated in proportion to a number read from an image;
 * these are the fixed sizes it works with instead.
 */

/** How far the walk looks ahead to settle what damaged or mistaken counts leave open. The same on files and pipes, so both read an image alike. */
export const LOOKAHEAD = 512 * 1024;
/** Page addresses looked at before a count is believed; the kernels wrote at most 4096 a chunk. */
export const ADDRESSES_CHECKED = 32 * 1024;
/** Elements of a raw block are handed out in parts of at most this many bytes, so that a window can hold one. */
export const RAW_PART = 64 * 1024;
/** Records that may be missing in a row before a known record counts as out of place. */
export const MISSING_CHAIN = 3;
/**
 * Bytes read at once: small after a jump, doubled while reading goes on. With more, V8 takes windows for lasting and lets
 * 60 MB of them pile up (1,000,000 areas: verify 134 MB at 256 KiB, 72 MB at 32 KiB, in the same time).
 */
export const READ_FIRST = 8 * 1024;
export const READ_MOST = 32 * 1024;
/** Tasks a summary describes one by one; more are only counted. */
export const SUMMARY_TASKS = 4096;
