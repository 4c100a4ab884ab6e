import { Worker } from "node:worker_threads";
import type { FuzzArguments } from "./arguments.js";
import { caseOf } from "./cases.js";
import type { Target } from "./target.js";
import { kept, placeText } from "./work.js";

/** A case that takes longer than this, with the time that it is given alone, hangs. */
const HANGS_AFTER = 150_000;
/** What a worker's heap may grow to before its case counts as one that eats memory. */
const HEAP_MOST_MB = 1024;

/** What the thread that works is given. */
export interface WorkerTask {
  readonly targets: readonly string[];
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly deadline: number;
  readonly script: string;
  /** Where the thread writes which case it is at: index of the target, number of the case, seconds since `began`. */
  readonly progress: Int32Array;
  readonly began: number;
}

/** What it says. */
export type WorkerMessage = { readonly found: string } | { readonly done: number };

/** Has a thread of its own work through the cases, and ends it if it hangs. Gives the number of failures. */
export async function supervise(
  { seed, cases, seconds }: FuzzArguments,
  targets: readonly Target[],
  script: string,
): Promise<number> {
  const began = Date.now();
  const deadline = seconds === undefined ? Number.POSITIVE_INFINITY : began + 1000 * seconds;
  const to = cases ?? Number.POSITIVE_INFINITY;
  const tally = { done: 0, failures: 0 };
  const say = (text: string) => {
    tally.failures++;
    console.log(text);
  };
  for (let from = 0; from < to && Date.now() < deadline; ) {
    const progress = new Int32Array(new SharedArrayBuffer(12));
    const names = targets.map(({ name }) => name);
    const task = { targets: names, seed, from, to, deadline, script, progress, began };
    const died = await ended(task, message => {
      if ("found" in message) say(message.found);
      else tally.done += message.done;
    });
    if (died === undefined) break;
    const [target, index] = [targets[progress[0]!]!, progress[1]!];
    const failure = { kind: died, text: died };
    say(`FAILED ${placeText(target, seed, index)}\n${kept(target, caseOf(target, seed, index), failure)}`);
    tally.done += (index - from) * targets.length;
    from = index + 1;
  }
  const took = ((Date.now() - began) / 1000).toFixed(0);
  console.log(`${tally.done} cases in ${took} s, seed ${seed}: ${tally.failures} failures`);
  return tally.failures;
}

/** Waits for the thread to end by itself; else why it did not. */
function ended(task: WorkerTask, listen: (message: WorkerMessage) => void): Promise<string | undefined> {
  const worker = new Worker(task.script, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MOST_MB },
  });
  return new Promise(resolve => {
    const watch = setInterval(() => {
      const at = Atomics.load(task.progress, 2) * 1000 + task.began;
      if (Date.now() - at > HANGS_AFTER) finish(`the case does not end in ${HANGS_AFTER / 1000} s`);
    }, 1000);
    const finish = (why: string | undefined) => {
      clearInterval(watch);
      void worker.terminate();
      resolve(why);
    };
    Atomics.store(task.progress, 2, Math.floor((Date.now() - task.began) / 1000));
    worker.on("message", (message: WorkerMessage) => {
      listen(message);
      if ("done" in message) finish(undefined);
    });
    worker.on("error", error => finish(String(error)));
  });
}
