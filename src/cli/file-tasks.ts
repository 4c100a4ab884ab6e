import type { InfoJob, InfoResult } from "./info-file.js";
import type { Progress } from "./progress.js";
import type { VerifyJob, VerifyResult } from "./verify-file.js";

type Watch = Progress["watch"];

/** What can be done with many files, several at a time: plain data goes in and comes out, as threads send it. */
interface FileTasks {
  readonly verify: (job: VerifyJob, watch?: Watch) => VerifyResult;
  readonly info: (job: InfoJob, watch?: Watch) => InfoResult;
}
export type FileTask = keyof FileTasks;
export type JobOf<T extends FileTask> = Parameters<FileTasks[T]>[0];
export type ResultOf<T extends FileTask> = ReturnType<FileTasks[T]>;
type Run<T extends FileTask> = (job: JobOf<T>, watch?: Watch) => ResultOf<T>;

/** Loads what does a task. */
export const fileTasks: { readonly [T in FileTask]: () => Promise<Run<T>> } = {
  verify: async () => (await import("./verify-file.js")).verifyFile,
  info: async () => (await import("./info-file.js")).infoFile,
};

/**
 * Does a task with each file, and gives the results in the order of the jobs: several at a time in threads, or one after
 * the other in this one, which shows how far it has come.
 */
export async function* eachFile<T extends FileTask>(
  task: T,
  jobs: readonly JobOf<T>[],
  options: { readonly jobs?: number | undefined; readonly progress?: boolean | undefined },
): AsyncGenerator<ResultOf<T>, void> {
  const { jobs: count = 1, progress: flag } = options;
  if (count > 1 && jobs.length > 1) {
    const { inWorkers } = await import("./worker-pool.js");
    yield* inWorkers(task, jobs, count);
    return;
  }
  const [run, { progressOf }] = await Promise.all([fileTasks[task](), import("./progress.js")]);
  for (const job of jobs) {
    const progress = await progressOf(job.path, flag, false);
    const result = run(job, progress.watch);
    progress.stop();
    yield result;
  }
}
