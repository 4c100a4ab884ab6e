import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "./generate.js";

const crimg = fileURLToPath(new URL("../../bin/crimg.js", import.meta.url));
const tenKib = fileURLToPath(new URL("../../samples/cr-2/v6-fpu.img", import.meta.url));
const peakMemory = fileURLToPath(new URL("peak-memory.cjs", import.meta.url));

/** Whole commands, start of node included, against what the system's own tools take for the same bytes. */
export function commandRows(folder) {
  const made = new Map();
  /** The path of an image, which is made when it is first asked for. */
  const image = (name, make) => () => {
    const path = join(folder, name);
    if (!made.has(name)) made.set(name, make(path));
    return path;
  };
  const ofPages = (name, shape) => image(name, path => generate(path, shape));
  // A PGARR holds 16 MiB, as the kernels wrote them; a task has at most 1 GiB.
  const small = ofPages("1MiB.img", { vmas: 1, pages: 256 });
  const medium = ofPages("2GiB.img", { tasks: 2, vmas: 1, pages: 262_144 });
  const large = ofPages("8GiB.img", { tasks: 8, vmas: 1, pages: 262_144 });
  const many = ofPages("1000000-vmas.img", { tasks: 2, vmas: 500_000, named: true });
  const ITEMS = 3_000_000;
  const target = join(folder, "target.img");
  const old = image("2GiB-cr-2.img", path => {
    const one = ofPages("2GiB-filled.img", { vmas: 2, pages: 262_144, filled: true })();
    command(["convert", "-q", "--no-verify", "--to", "cr-2", one, "-o", path]);
    // Both write over a file that is there: who writes to new blocks first would pay for both.
    shell(`cp ${path} ${target}`);
  });

  const started = (name, args, bound) => ({
    name,
    bound,
    subject: () => command(args),
    memory: () => peak(args),
    yardstick: () => shell(`${process.execPath} -e 0`),
  });
  const read = (name, file, args, bound) => ({
    name,
    bound: `${bound}, 120 MB`,
    prepare: file,
    subject: () => command([...args, file()]),
    memory: () => peak([...args, file()]),
    yardstick: () => shell(`cat ${file()} > /dev/null`),
  });
  const piped = (name, args) => ({
    name,
    bound: "1.3x",
    prepare: medium,
    subject: () => shell(`cat ${medium()} | ${process.execPath} ${crimg} ${args} - > /dev/null`),
    yardstick: () => shell(`cat ${medium()} | cat > /dev/null`),
  });
  const items = (name, args, bound) => ({
    name,
    bound: `${bound}, 120 MB`,
    prepare: many,
    subject: () => perItem(command(args()), ITEMS),
    memory: () => peak(args()),
  });
  /** No time: only that memory does not follow the size. */
  const flat = (name, file, args) => ({
    name: `memory of ${name}`,
    bound: "120 MB",
    prepare: file,
    subject: () => command(args(file())),
    memory: () => peak(args(file())),
  });
  const toCr3a = path => ["convert", "-q", "--to", "cr-3a", path, "-o", target, "-f"];

  return [
    started("start: crimg --version", ["--version"], "1.8x"),
    started("start: crimg dump, 10 KiB", ["dump", tenKib], "2.5x"),
    read("dump --no-pages, 8 GiB", large, ["dump", "--no-pages"], "0.2x"),
    read("verify, 8 GiB", large, ["verify"], "0.2x"),
    items("dump --jsonl, 1,000,000 VMAs", () => ["dump", "--jsonl", many()], "400,000 items/s"),
    items("verify, 1,000,000 VMAs", () => ["verify", many()], "1,000,000 items/s"),
    items("convert, 1,000,000 VMAs", () => toCr3a(many()), "no bound"),
    piped("dump from a pipe, 2 GiB", "dump"),
    piped("verify from a pipe, 2 GiB", "verify"),
    {
      name: "convert cr-2 to cr-3b, 2 GiB",
      bound: "1.25x, 120 MB",
      prepare: old,
      subject: () => shell(`${process.execPath} ${crimg} convert -q --to cr-3b ${old()} -o - 1<> ${target}`),
      memory: () => peak(["convert", "-q", "--to", "cr-3b", old(), "-o", target, "-f"]),
      yardstick: () => shell(`cp ${old()} ${target}`),
    },
    {
      name: "convert -o FILE, verified, 2 GiB",
      prepare: old,
      subject: () => command(["convert", "-q", "--to", "cr-3b", old(), "-o", target, "-f"]),
      // It is on the disk when convert says so.
      yardstick: () => shell(`cp ${old()} ${target} && sync ${target}`),
    },
    ...[
      ["dump", path => ["dump", path]],
      ["verify", path => ["verify", path]],
      ["convert", toCr3a],
    ].flatMap(([name, args]) => [
      flat(`${name}, 1 MiB`, small, args),
      flat(`${name}, 2 GiB`, medium, args),
      flat(`${name}, 8 GiB`, large, args),
    ]),
  ];
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
