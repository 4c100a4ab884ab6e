import type { RecordOf } from "../item.js";

/** True in the dialects whose writer puts the TLS array there even if no entry is in use (up to v8). */
export function writesTlsAlways({ image }: RecordOf<"THREAD">): boolean {
  return image.dialect.byName("THREAD")?.raw[0]?.when === undefined;
}
