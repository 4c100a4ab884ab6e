import type { DumpOptions } from "../../../src/dump/dump.js";
import { dialects } from "../../../src/formats/cr/dialects.js";
import { formats } from "../../../src/formats/registry.js";
import { Image } from "../../../src/image.js";
import type { SyncSource } from "../../../src/source/source.js";
import { planSync } from "../../convert/converter.js";
import { decodeLinesSync, dump, summarize, walkSync } from "../../engines.js";
import { pipeOf } from "../../image/chunked.js";
import { verifySync } from "../../verify/verifier.js";
import { floodedImage } from "../mutate/damage.js";
import { outcomeOfAsync } from "../outcome.js";
import type { Target } from "../target.js";
import { preadOf } from "./pread.js";

type Call = (source: SyncSource) => void | Promise<void>;

const walkAll: Call = source => {
  for (const _ of walkSync(source));
};
const verifyAll: Call = source => {
  for (const _ of verifySync(source));
};
const dumpAs =
  (options: DumpOptions): Call =>
  source =>
    void dump(source, () => {}, options);
const convertTo =
  (to: string | undefined, more: object = {}): Call =>
  source => {
    for (const _ of planSync(source, { partial: true, ...(to !== undefined && { to }), ...more }));
  };

/** Nothing that a call makes is kept: what is measured is the library. */
const calls: Readonly<Record<string, Call>> = {
  walk: walkAll,
  verify: verifyAll,
  "dump tree": dumpAs({ view: "tree" }),
  "dump hex": dumpAs({ view: "hex" }),
  "dump jsonl": dumpAs({ view: "jsonl" }),
  "dump json": dumpAs({ view: "json" }),
  "dump task": dumpAs({ view: "tree", task: 300 }),
  "dump only": dumpAs({ view: "tree", only: ["FNAME", "STRING", "addresses"] }),
  info: source => void summarize(source),
  "convert in place": convertTo(undefined, { repair: ["tls", "chunks", "fpu"], zeroUndefined: true }),
  "convert, dropping files": convertTo(undefined, { deleted: "drop" }),
  "convert, creating files": convertTo(undefined, { deleted: "create", vdso: "int80" }),
  "convert one task": convertTo(undefined, { task: 300 }),
  "convert for another CPU": convertTo(undefined, { xstate: 576, fpu: "init", kernel: "2.6.28" }),
  "convert without loss": convertTo("cr-3b", { lossless: true }),
  ...Object.fromEntries(dialects.map(({ name }) => [`convert to ${name}`, convertTo(name)])),
  decode: source => {
    for (const _ of decodeLinesSync(source));
  },
  "read memory": async source =>
    void (await new Image(source, {}, formats).read(0, 0x8048000, 1_000_000, { fill: 0 })),
};
const names = Object.keys(calls);
const ofPipes = names.filter(name => /^(walk|dump|info)/.test(name));

/** Bytes that a pipe gives at a time; 0 for a file. */
const chunkSizes = [0, 0, 0, 1, 512, 65_536];

/** No input takes long, or much memory. */
export const boundsTarget: Target = {
  name: "bounds",
  property: "no call takes more than 2 s or 150 MB more memory, whatever the input of up to 1 MiB",
  input: "image",
  keeps: "nothing",
  make(random) {
    const input = floodedImage(random);
    const chunk = random.pick(chunkSizes);
    return { input, options: { call: random.pick(chunk === 0 ? names : ofPipes), chunk } };
  },
  async check({ input, options }, measured) {
    const { call = "walk", chunk = 0 } = options as { call?: string; chunk?: number };
    const source = chunk === 0 ? preadOf(input) : pipeOf(input, chunk);
    const label = chunk === 0 ? call : `${call} of a pipe of ${chunk}`;
    await outcomeOfAsync(() => measured.timedAsync(label, async () => calls[call]!(source)));
  },
};
