import { type ConversionReport, type PlanStep, shrunk } from "../convert/convert.js";
import type { SyncSource } from "../image/source.js";
import type { Write } from "./output.js";

/** Bytes written at once. More would not stay in the cache between being read and written: 1 MiB takes 1.15 of the time. */
const WRITTEN = 128 * 1024;
/** Bytes after which signals are looked at. */
const PATIENCE = 64 * 1024 * 1024;

/** Writes what a plan says from its `first` step on, in large writes, and returns the report it ends with. */
export async function writePlan(
  first: IteratorResult<PlanStep, ConversionReport>,
  plan: Iterator<PlanStep, ConversionReport>,
  source: SyncSource,
  write: Write,
): Promise<ConversionReport> {
  const buffer = Buffer.allocUnsafeSlow(WRITTEN);
  let used = 0;
  let since = 0;
  const advance = (length: number) => {
    used += length;
    if (used < buffer.length) return;
    write(buffer);
    used = 0;
    since += WRITTEN;
  };
  for (let step = first; ; step = plan.next()) {
    if (step.done) {
      write(buffer.subarray(0, used));
      return step.value;
    }
    const length = "bytes" in step.value ? step.value.bytes.length : step.value.copy.length;
    for (let done = 0; done < length; ) {
      const target = buffer.subarray(used, Math.min(buffer.length, used + length - done));
      if ("bytes" in step.value) target.set(step.value.bytes.subarray(done, done + target.length));
      else fill(target, source, step.value.copy.offset + done);
      done += target.length;
      advance(target.length);
      if (since < PATIENCE) continue;
      since = 0;
      // Nothing here waits for anything, so a signal would never be heard.
      await new Promise(setImmediate);
    }
  }
}

function fill(target: Uint8Array, source: SyncSource, offset: number): void {
  if (source.readInto !== undefined) {
    const read = source.readInto(offset, target);
    if (read < target.length) throw shrunk(offset + read);
    return;
  }
  const bytes = source.read(offset, target.length);
  if (bytes.length < target.length) throw shrunk(offset + bytes.length);
  target.set(bytes);
}
