/**
 * What the walk takes on, whatever an image says. Nothing is allocated in proportion to a number read from an image;
 * these are the fixed sizes it works with instead.
 */

/** How far the walk looks ahead to settle what damaged or mistaken counts leave open. The same on files and pipes, so both read an image alike. */
export const LOOKAHEAD = 512 * 1024;
/** Elements of a raw block are handed out in parts of at most this many bytes, so that a window can hold one. */
export const RAW_PART = 64 * 1024;
/** Records that may be missing in a row before a known record counts as out of place. */
export const MISSING_CHAIN = 3;
/** Records of types that the dialect does not have are passed over, so many in a row; more are garbage. */
export const STRANGERS_MOST = 8;
/** Bytes read at once while a head is searched for: nothing of them is kept, and so many stay in the CPU's cache. */
export const SEARCH_READ = 256 * 1024;
