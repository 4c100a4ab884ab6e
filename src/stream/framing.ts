import type { Table } from "../codec/table.js";

/** The header that stands before each payload of a record stream, and how its length counts. */
export interface Framing {
  /** Has the fields `type` and `len`, and perhaps others, such as `parent`. */
  readonly header: Table;
  /** Bytes of payload that a `len` announces; negative for one that cannot be. */
  payload(len: number): number;
  /** What `len` says of so many bytes of payload. */
  len(payload: number): number;
  /** The largest payload that a header can announce, in bytes. */
  readonly most: number;
}
