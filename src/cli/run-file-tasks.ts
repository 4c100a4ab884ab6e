import { type FileTask, fileTasks, type JobOf, type ResultOf } from "./file-tasks.js";

/**
 * Does a task with each file, and gives the results in the order of the jobs: several at a time in threads, or one after
 * the other in this one, which shows how far it has come.
 */
export async function* runFileTasks<T extends FileTask>(
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
