import type { PlanStep } from "../convert/output-plan.js";
import type { ConversionReport } from "../convert/report.js";
import { fill } from "../source/extent.js";
import type { SyncSource } from "../source/source.js";
import type { Write } from "./output.js";
import { signalYield } from "./signal-yield.js";

/** Bytes written at once. More would not stay in the cache between being read and written: 1 MiB takes 1.15 of the time. */
const WRITTEN = 128 * 1024;

/** Writes what a plan says from its `first` step on, in large writes, and returns the report it ends with. */
export async function writePlan(
  first: IteratorResult<PlanStep, ConversionReport>,
  plan: Iterator<PlanStep, ConversionReport>,
  source: SyncSource,
  write: Write,
): Promise<ConversionReport> {
  const buffer = Buffer.allocUnsafeSlow(WRITTEN);
  const yieldToSignals = signalYield();
  let used = 0;
  for (let step = first; ; step = plan.next()) {
    if (step.done) {
      write(buffer.subarray(0, used));
      return step.value;
    }
    const { value } = step;
    const length = "bytes" in value ? value.bytes.length : value.copy.length;
    for (let done = 0; done < length; ) {
      const part = Math.min(buffer.length - used, length - done);
      if ("bytes" in value) buffer.set(value.bytes.subarray(done, done + part), used);
      else fill(source, value.copy.offset + done, buffer.subarray(used, used + part));
      done += part;
      used += part;
      if (used < buffer.length) continue;
      write(buffer);
      used = 0;
      const turn = yieldToSignals(buffer.length);
      if (turn !== undefined) await turn;
    }
  }
}
