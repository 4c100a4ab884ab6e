import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Calls, type Cost, share } from "./calls.js";
import type { Case, Target } from "./target.js";

/** A case that takes longer alone does not end. */
const MILLISECONDS = 60_000;
/** Of so many runs the best one counts. */
const RUNS = 3;
/** A run that takes so many times what is allowed needs no other to be believed. */
const BEYOND_DOUBT = 3;

/**
 * What the dearest call of a case costs in a process of its own, where nothing else takes time or memory; undefined if
 * it does not come to an end. `script` is the bundled fuzzer.
 */
export function costAlone(script: string, target: Target, { input, options }: Case): Cost | undefined {
  const folder = mkdtempSync(join(tmpdir(), "crimg-fuzz-alone-"));
  try {
    const path = join(folder, "case.img");
    writeFileSync(path, input);
    writeFileSync(join(folder, "case.json"), JSON.stringify({ target: target.name, options }));
    let best: Cost | undefined;
    for (let run = 0; run < RUNS; run++) {
      const cost = measured(script, path);
      if (cost === undefined) return undefined;
      if (best === undefined || share(cost, target) < share(best, target)) best = cost;
      if (share(best, target) < 1 || share(cost, target) > BEYOND_DOUBT) break;
    }
    return best;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measured(script: string, path: string): Cost | undefined {
  const argv = ["--expose-gc", script, "--replay", path, "--alone"];
  const { stdout } = spawnSync(process.execPath, argv, { timeout: MILLISECONDS, encoding: "utf8" });
  return stdout === "" ? undefined : (JSON.parse(stdout) as Cost);
}

/** The other end of it: measures the case, and says so on stdout. */
export async function measureHere(target: Target, given: Case): Promise<void> {
  globalThis.gc?.();
  const calls = new Calls();
  // Whether the property holds is not the question here.
  await Promise.resolve(target.check(given, calls)).catch(() => {});
  console.log(JSON.stringify(calls.worst ?? { call: "none", seconds: 0, growth: 0 }));
}
