import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "./generate.js";

const crimg = fileURLToPath(new URL("../../bin/crimg.js", import.meta.url));
const peakMemory = fileURLToPath(new URL("peak-memory.cjs", import.meta.url));

/** Whole commands, start of node included, against what the system's own tools take for the same bytes. */
export function commandRows(folder) {
  const large = join(folder, "1GiB.img");
  const many = join(folder, "200000-vmas.img");
  const huge = join(folder, "4GiB.img");
  const once = make => {
    let made = false;
    return () => {
      if (!made) make();
      made = true;
    };
  };
  const makeLarge = once(() => generate(large, { vmas: 1, pages: 262_144 }));
  const makeMany = once(() => generate(many, { vmas: 200_000, named: true }));
  const old = join(folder, "1GiB-cr-2.img");
  const target = join(folder, "target.img");
  const makeOld = once(() => {
    makeLarge();
    command(["convert", "-q", "--no-verify", "--to", "cr-2", large, "-o", old]);
    // Both write over a file that is there: who writes to new blocks first would pay for both.
    shell(`cp ${old} ${target}`);
  });
  const convertOld = ["convert", "-q", "--to", "cr-3b", old, "-o"];
  const makeHuge = once(() => generate(huge, { tasks: 4, vmas: 1, pages: 262_144 }));
  const catWc = () => shell(`cat ${large} | wc -c`);
  return [
    {
      name: "start: crimg --version",
      bound: "1.8x",
      subject: () => command(["--version"]),
      memory: () => peak(["--version"]),
      yardstick: nothing,
    },
    {
      name: "dump --no-pages, 1 GiB",
      bound: "0.5x, 120 MB",
      prepare: makeLarge,
      subject: () => command(["dump", large, "--no-pages"]),
      memory: () => peak(["dump", large, "--no-pages"]),
      yardstick: catWc,
    },
    {
      name: "dump --jsonl, 1 GiB",
      bound: "0.5x, 120 MB",
      prepare: makeLarge,
      subject: () => command(["dump", large, "--jsonl"]),
      memory: () => peak(["dump", large, "--jsonl"]),
      yardstick: catWc,
    },
    {
      name: "dump, 1 GiB",
      bound: "120 MB",
      prepare: makeLarge,
      subject: () => command(["dump", large]),
      memory: () => peak(["dump", large]),
      yardstick: catWc,
    },
    {
      name: "convert cr-2 to cr-3b, 1 GiB",
      bound: "1.33x, 120 MB",
      prepare: makeOld,
      subject: () => shell(`${process.execPath} ${crimg} ${convertOld.join(" ")} - 1<> ${target}`),
      memory: () => peak([...convertOld, target, "-f"]),
      yardstick: () => shell(`cp ${old} ${target}`),
    },
    {
      name: "convert -o FILE, verified, 1 GiB",
      prepare: makeOld,
      subject: () => command([...convertOld, target, "-f"]),
      // It is on the disk when convert says so.
      yardstick: () => shell(`cp ${old} ${target} && sync ${target}`),
    },
    {
      name: "convert to cr-3a, 200,000 VMAs",
      bound: "120 MB",
      prepare: makeMany,
      subject: () =>
        perItem(command(["convert", "-q", "--to", "cr-3a", many, "-o", target, "-f"]), 3 * 200_000),
      memory: () => peak(["convert", "-q", "--to", "cr-3a", many, "-o", target, "-f"]),
    },
    {
      name: "verify, 4 GiB",
      bound: "0.35x, 120 MB",
      prepare: makeHuge,
      subject: () => command(["verify", huge]),
      memory: () => peak(["verify", huge]),
      yardstick: () => shell(`cat ${huge} > /dev/null`),
    },
    {
      name: "verify, 200,000 VMAs",
      bound: "120 MB",
      prepare: makeMany,
      subject: () => perItem(command(["verify", many]), 3 * 200_000),
      memory: () => peak(["verify", many]),
    },
    {
      name: "dump --jsonl, 200,000 VMAs",
      bound: "150,000 items/s, 120 MB",
      prepare: makeMany,
      subject: () => perItem(command(["dump", many, "--jsonl"]), 3 * 200_000),
      memory: () => peak(["dump", many, "--jsonl"]),
    },
    {
      name: "dump --jsonl, 20,000 VMAs",
      bound: "memory as with 200,000",
      prepare: once(() => generate(`${many}.small`, { vmas: 20_000, named: true })),
      subject: () => perItem(command(["dump", `${many}.small`, "--jsonl"]), 3 * 20_000),
      memory: () => peak(["dump", `${many}.small`, "--jsonl"]),
    },
  ];
}

function nothing() {
  return shell(`${process.execPath} -e 0`);
}

function perItem(result, items) {
  return { ...result, itemsPerSecond: (1000 * items) / result.ms };
}

/** Wall time of a shell command. */
function shell(text) {
  const begin = performance.now();
  const { status } = spawnSync("sh", ["-c", text], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${text}: exit ${status}`);
  return { ms: performance.now() - begin };
}

/** Wall time of crimg, as a user's shell would start it. */
function command(args) {
  const begin = performance.now();
  const { status } = spawnSync(process.execPath, [crimg, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`crimg ${args.join(" ")}: exit ${status}`);
  return { ms: performance.now() - begin };
}

/** Peak memory in MB, in a run of its own: loading what reports it takes time. GNU time is not everywhere. */
function peak(args) {
  const { output } = spawnSync(process.execPath, ["--require", peakMemory, crimg, ...args], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  return Number(output[3].toString()) / 1024;
}
