// `npm run bench [-- --row NAME] [--json] [--runs N]`: speed and memory as ratios within one run. Never a test: it
// says what is, beside the bound that the project has set itself.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { codecRows } from "./codec-rows.js";
import { commandRows } from "./command-rows.js";

const { values } = parseArgs({
  options: { row: { type: "string" }, json: { type: "boolean" }, runs: { type: "string", default: "5" } },
});
const folder = mkdtempSync(join(tmpdir(), "crimg-bench-"));
try {
  const rows = [...codecRows(), ...commandRows(folder)].filter(
    ({ name }) => !values.row || name.includes(values.row),
  );
  const results = rows.map(row => {
    const result = measure(row, Number(values.runs));
    if (!values.json) console.log(line(result));
    return result;
  });
  if (values.json) console.log(JSON.stringify(results, undefined, 2));
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs subject and yardstick in turn, so that whatever else the machine does hits both. */
function measure({ name, prepare, subject, yardstick, memory, bound }, runs) {
  prepare?.();
  // Once unmeasured: what was just written must come back from the disk first, and holes need not.
  subject();
  yardstick?.();
  const taken = { subject: [], yardstick: [] };
  let extra = {};
  for (let run = 0; run < runs; run++) {
    const { ms, ...more } = subject();
    taken.subject.push(ms);
    extra = {
      ...extra,
      ...Object.fromEntries(Object.entries(more).map(([key, n]) => [key, Math.max(n, extra[key] ?? 0)])),
    };
    if (yardstick) taken.yardstick.push(yardstick().ms);
  }
  const spread = list => ({ median: median(list), min: Math.min(...list), max: Math.max(...list) });
  const result = { name, ms: spread(taken.subject), bound, ...extra, ...(memory && { peakMb: memory() }) };
  if (!yardstick) return result;
  return {
    ...result,
    yardstick: spread(taken.yardstick),
    ratio: median(taken.subject) / median(taken.yardstick),
  };
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function line({ name, ms, yardstick, ratio, bound, peakMb, itemsPerSecond }) {
  const show = ({ median, min, max }) => `${median.toFixed(1)} ms (${min.toFixed(1)}-${max.toFixed(1)})`;
  return [
    name.padEnd(34),
    show(ms),
    yardstick && `yardstick ${show(yardstick)}`,
    ratio !== undefined && `ratio ${ratio.toFixed(2)}x`,
    itemsPerSecond && `${Math.round(itemsPerSecond)} items/s`,
    peakMb && `${peakMb.toFixed(0)} MB`,
    bound && `[bound ${bound}]`,
  ]
    .filter(Boolean)
    .join("  ");
}
