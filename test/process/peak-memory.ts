import { type SpawnCrimgOptions, type Spawned, spawnCrimg } from "./spawn-crimg.js";

/**
 * What node loads before crimg: as the process ends, it tells descriptor 3 how many KiB it had at most. Not
 * resourceUsage(), if there is another way: that begins with what the parent had, and tests are large.
 */
const tellPeak = `data:text/javascript,${encodeURIComponent(
  `import { readFileSync, writeSync } from "node:fs";
   const peak = () => process.platform === "linux"
     ? /VmHWM:\\s*([0-9]+)/.exec(readFileSync("/proc/self/status"))[1]
     : String(process.resourceUsage().maxRSS);
   process.on("exit", () => writeSync(3, peak()));`,
)}`;

/** Runs crimg in a process of its own, and tells how many MiB it had at most. */
export async function spawnMeasured(
  args: readonly string[],
  options: Omit<SpawnCrimgOptions, "nodeArguments"> = {},
): Promise<Spawned & { readonly peak: number }> {
  const ran = await spawnCrimg(args, { ...options, nodeArguments: ["--import", tellPeak] });
  return { ...ran, peak: Number(ran.extra) / 1024 };
}
