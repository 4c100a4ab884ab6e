import { Worker } from "node:worker_threads";
import type { FileTask, JobOf, ResultOf } from "./file-tasks.js";

/** Tells a worker to end. */
const NO_MORE = null;

/** More threads than this only cost memory. */
const WORKERS_MOST = 64;

/**
 * Does a task with files in `count` worker threads, and gives the results in the order of the jobs. Throws in the place
 * of a job that ended its worker.
 */
export async function* inWorkers<T extends FileTask>(
  task: T,
  jobs: readonly JobOf<T>[],
  count: number,
): AsyncGenerator<ResultOf<T>> {
  const workers = Array.from(
    { length: Math.min(count, jobs.length, WORKERS_MOST) },
    () => new Worker(new URL("./worker.js", import.meta.url), { workerData: task }),
  );
  const ends = workers.map(worker => new Promise<void>(resolve => worker.on("exit", () => resolve())));
  const answers = jobs.map(() => answer<ResultOf<T>>());
  let next = 0;
  for (const worker of workers) {
    let current: Answer<ResultOf<T>>;
    const take = () => {
      if (next >= jobs.length) return worker.postMessage(NO_MORE);
      current = answers[next]!;
      worker.postMessage(jobs[next++]);
    };
    worker.on("message", (result: ResultOf<T>) => {
      current.resolve(result);
      take();
    });
    // The first word counts: what is settled stays as it is.
    worker.on("error", error => current.reject(error));
    worker.on("exit", status => current.reject(new Error(`a worker ended with status ${status}`)));
    take();
  }
  let isPaused = false;
  try {
    for (let i = 0; i < jobs.length; i++) {
      const result = await answers[i]!.promise;
      isPaused = true;
      yield result;
      isPaused = false;
      // Thousands of reports are not kept once they are printed.
      delete answers[i];
    }
  } finally {
    next = jobs.length;
    // Nobody wants the rest. But where one has failed others may be failing the same way, and stopping a thread in
    // the middle of that brings down the process (node 20): they end by themselves.
    if (isPaused) for (const worker of workers) void worker.terminate();
    await Promise.all(ends);
  }
}

interface Answer<R> {
  readonly promise: Promise<R>;
  resolve(result: R): void;
  reject(error: unknown): void;
}

function answer<R>(): Answer<R> {
  let settle!: Pick<Answer<R>, "resolve" | "reject">;
  const promise = new Promise<R>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Looked at in order; one that fails before its turn must not count as unhandled.
  promise.catch(() => {});
  return { promise, ...settle };
}
