/** How long lines may be, so that neither direction holds more than a few of them. */

/** Bytes of page contents in a line: 16 pages, 86 KiB of base64. V8 keeps strings beyond 128 KiB longer than they are used. */
export const PAGES_A_LINE = 64 * 1024;
/**
 * Bytes of a record in a line. A longer one, which no kernel has written, is written as bytes, like what cannot be read: a
 * byte of text takes up to six characters, and LINE_MOST must do for all of them. Nor does a len fill a text up with more NULs.
 */
export const RECORD_A_LINE = 128 * 1024;
/** Bytes of a gap, or of what cannot be read, in a line: 64 KiB of hex. */
export const BYTES_A_LINE = 32 * 1024;
/**
 * A longer line is refused. The longest that decode writes has 4096 pids, 64 KiB of them, and less than 512 KiB: there
 * is room for spaces and edits.
 */
export const LINE_MOST = 2 * 1024 * 1024;
/** Bytes of an image that are handed on at once. */
export const CHUNK = 256 * 1024;
