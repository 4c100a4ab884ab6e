import { Worker } from "node:worker_threads";
import type { VerifyJob, VerifyResult } from "./verify-file.js";

/** Verifies files in `count` worker threads, and gives the results in the order of the jobs. */
export async function* verifyInWorkers(
  jobs: readonly VerifyJob[],
  count: number,
): AsyncGenerator<VerifyResult> {
  const workers = Array.from(
    { length: Math.min(count, jobs.length) },
    () => new Worker(new URL("./verify-worker.js", import.meta.url)),
  );
  const answers = jobs.map(() => {
    let settle!: { resolve: (result: VerifyResult) => void; reject: (error: unknown) => void };
    const promise = new Promise<VerifyResult>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // Looked at in order; one that fails before its turn must not count as unhandled.
    promise.catch(() => {});
    return { promise, ...settle };
  });
  let next = 0;
  for (const worker of workers) {
    let current = -1;
    const take = () => {
      if (next === jobs.length) return void worker.terminate();
      current = next++;
      worker.postMessage(jobs[current]);
    };
    worker.on("message", (result: VerifyResult) => {
      answers[current]!.resolve(result);
      take();
    });
    worker.on("error", error => answers[current]!.reject(error));
    take();
  }
  try {
    for (const { promise } of answers) yield await promise;
  } finally {
    for (const worker of workers) void worker.terminate();
  }
}
