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
    yield* severalAtATime(task, jobs, count);
    return;
  }
  const [run, { progressOf }] = await Promise.all([fileTasks[task](), import("./progress.js")]);
  for (const job of jobs) {
    const progress = await progressOf(job.path, flag, false);
    const result = await run(job, progress.watch);
    progress.stop();
    yield result;
  }
}

/** Files in threads; pipes and devices here, where signals are heard and stdin is. */
async function* severalAtATime<T extends FileTask>(
  task: T,
  jobs: readonly JobOf<T>[],
  count: number,
): AsyncGenerator<ResultOf<T>, void> {
  const [run, { inWorkers }, { isForFileSource }] = await Promise.all([
    fileTasks[task](),
    import("./worker-pool.js"),
    import("./input-stream.js"),
  ]);
  const files = new Set(jobs.filter(({ path }) => isForFileSource(path)));
  const results = inWorkers(task, [...files], count);
  try {
    for (const job of jobs) {
      if (files.has(job)) yield (await results.next()).value as ResultOf<T>;
      else yield await run(job);
    }
  } finally {
    // Stops the workers if nobody wants the rest.
    await results.return(undefined);
  }
}
